import type { ServerProgram } from './product.ts';

/** Options that precede all others, also when a data folder is created. */
export function leadingOptions(program: ServerProgram): string[] {
	return [
		// Honoured only as the first option.
		'--no-defaults',
		...program.options,
		// A server refuses to run as root unless told to.
		...(process.getuid?.() === 0 ? ['--user=root'] : []),
	];
}

/** Options that keep a throwaway server small without changing its behaviour. */
export function footprintOptions(program: ServerProgram): string[] {
	return [
		'--innodb-buffer-pool-size=64M',
		'--performance-schema=OFF',
		...(program.product === 'mysql'
			? [
					// It would open a second port and socket.
					'--mysqlx=OFF',
					// The compiled-in folder may not exist here.
					'--secure-file-priv=NULL',
				]
			: []),
	];
}

/** Commits reach the system's file cache instead of the disk. They still survive a killed server. */
export function relaxedOptions(program: ServerProgram): string[] {
	return [
		'--innodb-flush-log-at-trx-commit=2',
		...(program.product === 'mysql' ? ['--sync-binlog=0'] : []),
	];
}
