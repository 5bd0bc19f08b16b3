import type { ServerProgram } from './product.ts';

/** Options that come before all others, also where a data folder is made. */
export function leadingOptions(program: ServerProgram): string[] {
	return [
		// Heeded only in the first place.
		'--no-defaults',
		...program.options,
		// A server refuses to run as root unless told to.
		...(process.getuid?.() === 0 ? ['--user=root'] : []),
	];
}

/** Options that keep a throwaway server small and change nothing of how it behaves. */
export function footprintOptions(program: ServerProgram): string[] {
	return [
		'--innodb-buffer-pool-size=64M',
		'--performance-schema=OFF',
		...(program.product === 'mysql'
			? [
					// A second port and socket that nobody asked for.
					'--mysqlx=OFF',
					// The folder that was compiled in need not exist here.
					'--secure-file-priv=NULL',
				]
			: []),
	];
}

/** Commits reach the system's file cache, not the disk: they survive a killed server all the same. */
export function relaxedOptions(program: ServerProgram): string[] {
	return [
		'--innodb-flush-log-at-trx-commit=2',
		...(program.product === 'mysql' ? ['--sync-binlog=0'] : []),
	];
}
