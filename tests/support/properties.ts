/**
 * fast-check for properties that the suite holds. Every run throws the same dice, so that a merge does not hang on luck;
 * the nightly pipeline, and whoever asks for it, throws others: `npm test -- --random`, which names its seed.
 */
import fc from "fast-check";
import { PROPERTY_SEED } from "./sample";

const standing = 20_260_101;

fc.configureGlobal({ seed: seedOf(process.env[PROPERTY_SEED]) });

/** @throws Error where the variable holds no whole number */
function seedOf(given: string | undefined): number {
  if (given === undefined || given === "") return standing;
  if (!/^-?\d+$/.test(given)) throw new Error(`${PROPERTY_SEED}=${given} is no whole number`);
  return Number(given) | 0;
}

export { fc };
