import { expect, test } from 'vitest';
import { nearest } from '../../source/config/nearest.ts';

const keys = ['node_id', 'interval', 'batch_size', 'max_batch_size', 'host', 'hosts', 'port'];

test.each([
	['batchsize', 'batch_size'],
	['batch-size', 'batch_size'],
	['maxBatchSize', 'max_batch_size'],
	['intervall', 'interval'],
	['intrval', 'interval'],
	['hots', 'host'],
	['prot', 'port'],
	['HOSTS', 'hosts'],
])('%s was meant to be %s', (word, meant) => {
	expect(nearest(word, keys)).toBe(meant);
});

test.each(['x', '', 'colour', 'retention'])('"%s" is like no known word', (word) => {
	expect(nearest(word, keys)).toBeUndefined();
});
