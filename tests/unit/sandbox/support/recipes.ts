/** Inputs for types whose rules ask for more than one property at a time, or for other objects. */
import type { Known, Wire } from "./client";

/** The n-th object of a type. */
export type Objects = (token: string, index?: number) => Promise<Known>;

/** By type token: inputs that the generator starts from. */
export const recipes: Readonly<Record<string, (object: Objects) => Promise<Wire>>> = {};
