import type { PreviewRecord } from "../record";

/** What a note is made of. */
export interface NoteInput {
  readonly records: readonly PreviewRecord[];
  /** Addresses; those that are no http address are left out. */
  readonly links: {
    readonly pipeline?: string;
    /** The preview's artifacts: records, events, the note in full. */
    readonly artifacts?: string;
    readonly fullNote?: string;
  };
  /** Name of the Pulumi project, for the marker. @default "gitlab", as in Pulumi.yaml */
  readonly project?: string;
  /** Git commit that was previewed. @default that of the records */
  readonly commit?: string;
  /** Id of the pipeline; the second line says it. */
  readonly run?: number;
  /** What is ticked in the note as it stands, as `tickedIn` reads it. */
  readonly ticked?: readonly string[];
  /**
   * Most bytes of UTF-8, and so most characters, at least 8,000 (`least`).
   * @default 200,000, or what the names of lost data take, up to 950,000 (review/note/budget.ts)
   */
  readonly limit?: number;
}

/** A note, ready to be posted. */
export interface RenderedNote {
  readonly body: string;
  /** What was folded away for want of room, in words; nothing where all is there. */
  readonly folded: readonly string[];
}
