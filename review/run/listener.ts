/** Who hears of previews while they run. */
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import type { TypeCoverage } from "../../engine/policy-events";
import type { PreviewRecord } from "../record";

/** What came of one stack. */
export interface StackPreview {
  readonly record: PreviewRecord;
  /** Which rules looked at which types. */
  readonly coverage: readonly TypeCoverage[];
}

/** Hears how previews go. */
export interface PreviewListener {
  /** A stack gets to its next stage: `previewing`. */
  stage(stack: string, stage: string): void;
  /** Something about the run as a whole. */
  say(line: string): void;
  /**
   * An event of a named stack's preview.
   * @param masked makes what may be kept of it; seconds for a large stack's, so nobody asks who does not keep it
   */
  event(stack: string, masked: () => EngineEvent): void;
}
