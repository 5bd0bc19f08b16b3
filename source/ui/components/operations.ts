import type { TextLook } from '../drawing/theme.ts';

/** The look of each operation. Its name distinguishes it without colour. */
export const operationLooks: Record<string, TextLook> = {
	INSERT: 'good',
	UPDATE: 'accent',
	DELETE: 'bad',
};
