import { createContext, useContext } from 'react';
import { createTheme, type Theme } from '../drawing/theme.ts';

export const ThemeContext = createContext<Theme>(createTheme({ colour: false, unicode: false }));

/** What the screen is drawn with, for parts that get no frame. */
export function useTheme(): Theme {
	return useContext(ThemeContext);
}
