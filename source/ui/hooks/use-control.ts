import { createContext, useContext } from 'react';
import type { Control } from '../actions/control.ts';

export const ControlContext = createContext<Control>({
	press: () => undefined,
	shows: () => undefined,
});

/** The actions of the keys on this screen. */
export function useControl(): Control {
	return useContext(ControlContext);
}
