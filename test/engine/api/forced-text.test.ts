import { expect, test } from 'vitest';
import { directions } from '../../../source/config/types.ts';
import { forcedText } from '../../../source/engine/api/forced-text.ts';
import { SyncError } from '../../../source/errors.ts';
import { nothingMoved } from '../../../source/transfer/drain.ts';

const nothing = { local_to_cloud: nothingMoved(), cloud_to_local: nothingMoved() };

test('a forced run tells what it has moved each way', () => {
	const moved = { ...nothing, local_to_cloud: { ...nothingMoved(), applied: 1204 } };
	expect(forcedText(directions, { moved })).toBe(
		'ran both ways: 1,204 changes to cloud, none to local',
	);
	expect(forcedText(['local_to_cloud'], { moved })).toBe(
		'ran from local to cloud: 1,204 changes to cloud',
	);
	expect(forcedText(['cloud_to_local'], { moved })).toBe(
		'ran from cloud to local: no change to local',
	);
	const back = { ...nothing, cloud_to_local: { ...nothingMoved(), applied: 3 } };
	expect(forcedText(directions, { moved: back })).toBe(
		'ran both ways: no change to cloud, 3 to local',
	);
});

test('a forced run tells of conflicts and refused rows', () => {
	const refused = [new SyncError('refused', 'one'), new SyncError('refused', 'two')];
	const moved = {
		local_to_cloud: { ...nothingMoved(), applied: 1, conflicts: 1 },
		cloud_to_local: { ...nothingMoved(), errors: refused },
	};
	expect(forcedText(directions, { moved })).toBe(
		'ran both ways: 1 change to cloud, none to local; 1 conflict; 2 refused',
	);
});

test('one batch that leaves changes behind says so', () => {
	const one = { ...nothingMoved(), applied: 100, batches: 1, unfinished: true };
	expect(forcedText(directions, { moved: { ...nothing, local_to_cloud: one } })).toBe(
		'ran both ways: 100 changes to cloud, none to local; more is pending',
	);
	const whole = { ...one, applied: 200, batches: 2, unfinished: false };
	expect(forcedText(directions, { moved: { ...nothing, local_to_cloud: whole } })).toBe(
		'ran both ways: 200 changes to cloud, none to local',
	);
});

test('a run that another engine did is told as its', () => {
	expect(forcedText(directions, { by: 'ops on site-b, process 4711' })).toBe(
		'ops on site-b, process 4711 ran both ways',
	);
});
