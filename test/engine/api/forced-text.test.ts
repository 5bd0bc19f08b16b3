import { expect, test } from 'vitest';
import { directions } from '../../../source/config/types.ts';
import { forcedText } from '../../../source/engine/api/forced-text.ts';
import { SyncError } from '../../../source/errors.ts';
import { nothingMoved } from '../../../source/transfer/drain.ts';

const nothing = { local_to_cloud: nothingMoved(), cloud_to_local: nothingMoved() };

test('a forced run reports what it has moved in each direction', () => {
	const moved = { ...nothing, local_to_cloud: { ...nothingMoved(), applied: 1204 } };
	expect(forcedText(directions, { moved })).toBe('sync finished: 1,204 to cloud, 0 to local');
	expect(forcedText(['local_to_cloud'], { moved })).toBe('sync finished: 1,204 to cloud');
	expect(forcedText(['cloud_to_local'], { moved })).toBe('sync finished: 0 to local');
	const back = { ...nothing, cloud_to_local: { ...nothingMoved(), applied: 3 } };
	expect(forcedText(directions, { moved: back })).toBe('sync finished: 0 to cloud, 3 to local');
});

test('a forced run reports conflicts and refused rows', () => {
	const refused = [new SyncError('refused', 'one'), new SyncError('refused', 'two')];
	const moved = {
		local_to_cloud: { ...nothingMoved(), applied: 1, conflicts: 1 },
		cloud_to_local: { ...nothingMoved(), errors: refused },
	};
	expect(forcedText(directions, { moved })).toBe(
		'sync finished: 1 to cloud, 0 to local; 1 conflict; 2 refused',
	);
});

test('one batch that leaves changes behind says so', () => {
	const one = { ...nothingMoved(), applied: 100, batches: 1, unfinished: true };
	expect(forcedText(directions, { moved: { ...nothing, local_to_cloud: one } })).toBe(
		'sync finished: 100 to cloud, 0 to local; more is pending',
	);
	const whole = { ...one, applied: 200, batches: 2, unfinished: false };
	expect(forcedText(directions, { moved: { ...nothing, local_to_cloud: whole } })).toBe(
		'sync finished: 200 to cloud, 0 to local',
	);
});

test('a run of another engine is reported as such', () => {
	expect(forcedText(directions, { by: 'ops@site-b, pid 4711' })).toBe(
		'sync finished by the active engine (ops@site-b, pid 4711)',
	);
});
