#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import module from 'node:module';
import meow from 'meow';
import { main } from './commands/main.ts';

module.enableCompileCache?.();

const cli = meow({
	importMeta: import.meta,
	autoHelp: false,
	autoVersion: false,
	allowUnknownFlags: true,
});
