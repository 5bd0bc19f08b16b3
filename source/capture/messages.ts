/** What is found where triggers are installed, and the words for it. */
import { findingsOf, type MessagesOf } from '../text/finding.ts';

/** Why triggers cannot write to the change log through a procedure. */
type WithoutProcedure =
	| 'may_not_call_it'
	| 'may_not_create_one'
	| 'no_rights_on_created_procedures';

export type CaptureFacts = {
	procedure_unavailable: { account: string; procedure: string | null; why: WithoutProcedure };
};

export const captureFinding = findingsOf<CaptureFacts>();

const reasons: Record<WithoutProcedure, (facts: CaptureFacts['procedure_unavailable']) => string> =
	{
		may_not_call_it: ({ account, procedure }) => `${account} may not call ${procedure}`,
		may_not_create_one: ({ account }) => `${account} may not create one`,
		no_rights_on_created_procedures: () =>
			'with automatic_sp_privileges=0 an account may not call the procedures that it creates',
	};

export const captureMessages: MessagesOf<CaptureFacts> = {
	procedure_unavailable: (facts) => [
		`the triggers write without a procedure, because ${reasons[facts.why](facts)}: while an application holds LOCK TABLES on a tracked table, its writes can fail with error 1442`,
		'Reinstall the triggers after the fix',
	],
};
