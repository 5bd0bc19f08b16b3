import type { TextLook } from '../drawing/theme.ts';

/** The looks of what was done to a row; its word tells it without colour. */
export const operationLooks: Record<string, TextLook> = {
	INSERT: 'good',
	UPDATE: 'accent',
	DELETE: 'bad',
};
