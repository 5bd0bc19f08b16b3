import { createContext, useContext } from 'react';
import { createTheme, type Theme } from '../drawing/theme.ts';

export const ThemeContext = createContext<Theme>(createTheme({ colour: false, unicode: false }));

/** The theme, for parts that get no frame. */
export function useTheme(): Theme {
	return useContext(ThemeContext);
}
