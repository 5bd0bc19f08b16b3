import { expect, test } from 'vitest';
import { trendSamples, trendStep } from '../../../source/engine/api/snapshot.ts';
import { Trend } from '../../../source/engine/monitor/trend.ts';

const start = 1_800_000_000_000;

function trendAt(): { trend: Trend; pass: (milliseconds: number) => void } {
	let time = start;
	return {
		trend: new Trend(() => time),
		pass: (milliseconds) => {
			time += milliseconds;
		},
	};
}

const counts = (toCloud: number | null) => ({ local_to_cloud: toCloud, cloud_to_local: 0 });

test('a step has the last count and all that was moved in it', () => {
	const { trend, pass } = trendAt();
	trend.counted(counts(9));
	trend.applied('local_to_cloud', 100);
	pass(1000);
	trend.applied('local_to_cloud', 20);
	trend.counted(counts(4));
	expect(trend.samples('local_to_cloud')).toEqual([{ at: start, pending: 4, applied: 120 }]);
	expect(trend.samples('cloud_to_local')).toEqual([{ at: start, pending: 0, applied: 0 }]);
});

test('a step in which nothing was looked at, or could be, has no count and not zero', () => {
	const { trend, pass } = trendAt();
	trend.counted(counts(9));
	pass(2 * trendStep);
	trend.counted(counts(null));
	expect(trend.samples('local_to_cloud').map(({ pending }) => pending)).toEqual([9, null, null]);
});

test('until the next look the count before holds', () => {
	const { trend, pass } = trendAt();
	trend.counted(counts(9));
	pass(trendStep);
	trend.applied('local_to_cloud', 3);
	expect(trend.samples('local_to_cloud').map(({ pending }) => pending)).toEqual([9, 9]);
});

test('only the last minutes are kept', () => {
	const { trend, pass } = trendAt();
	for (let step = 0; step < 3 * trendSamples; step += 1) {
		trend.counted(counts(step));
		pass(trendStep);
	}
	const samples = trend.samples('local_to_cloud');
	expect(samples).toHaveLength(trendSamples);
	expect(samples.at(-2)?.pending).toBe(3 * trendSamples - 1);
});

test('the rate is that of the last seconds, and falls to nothing', () => {
	const { trend, pass } = trendAt();
	trend.applied('local_to_cloud', 500);
	pass(trendStep);
	trend.applied('local_to_cloud', 500);
	expect(trend.rate('local_to_cloud')).toBe(200);
	pass(2 * trendStep);
	expect(trend.rate('local_to_cloud')).toBe(0);
});
