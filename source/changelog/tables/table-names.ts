/** The tables that this program keeps beside the change log. */

/** Rows that changed on both sides, and which version stayed. */
export const conflictsTable = 'change_log_conflicts';

/** Both whole versions of each such row, as JSON, in pieces that fit into a statement. */
export const conflictRowsTable = 'change_log_conflict_rows';

/** What the target has got of the batch in hand. */
export const receiptsTable = 'change_log_receipts';

/** When changes of other nodes were applied, and by which engine. */
export const batchesTable = 'change_log_batches';

/** Which engine holds each pair of the database. */
export const leasesTable = 'change_log_leases';

/** What the engine that holds a pair is doing. */
export const progressTable = 'change_log_progress';

/** Runs that engines on standby ask the holder for. */
export const requestsTable = 'change_log_requests';

/** The nodes that the change log is kept for. */
export const nodesTable = 'change_log_nodes';

/** Changes that the target refused, on the source's side. */
export const parkedTable = 'change_log_parked';

/** Which tables each pair of the database has taken up, and whose rows are still put in line. */
export const registerTable = 'change_log_tables';
