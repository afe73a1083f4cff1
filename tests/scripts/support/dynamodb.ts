/** A value as DynamoDB's JSON writes it; strings and numbers are all that the scripts use. */
export type Attribute = { readonly S: string } | { readonly N: string };
export type Item = Record<string, Attribute>;

/** An error of the service, with the code that the AWS CLI prints. */
export class ServiceError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

interface Expressions {
  readonly names: Record<string, string>;
  readonly values: Record<string, Attribute>;
  readonly used: Set<string>;
}

/**
 * One DynamoDB table with the key `id`: condition and update expressions as the service evaluates them, one call at a
 * time. Stricter than the service in one point: attribute names must be placeholders, because hundreds of plain words
 * are reserved. Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
 */
export class Table {
  readonly items = new Map<string, Item>();

  get(key: Item): Item | undefined {
    return this.items.get(keyOf(key));
  }

  put(
    item: Item,
    condition: string | undefined,
    names: string | undefined,
    values: string | undefined,
  ): void {
    const id = keyOf(item);
    this.#checked(id, condition, names, values, () => this.items.set(id, { ...item }));
  }

  delete(
    key: Item,
    condition: string | undefined,
    names: string | undefined,
    values: string | undefined,
  ): void {
    const id = keyOf(key);
    this.#checked(id, condition, names, values, () => this.items.delete(id));
  }

  update(
    key: Item,
    update: string,
    condition: string | undefined,
    names: string | undefined,
    values: string | undefined,
  ): void {
    const id = keyOf(key);
    this.#checked(id, condition, names, values, (expressions) => {
      const item: Item = { ...(this.items.get(id) ?? { id: { S: id } }) };
      const old = { ...item };
      for (const clause of update
        .split(/\b(?=SET |REMOVE |ADD )/)
        .filter((part) => part.trim() !== "")) {
        const [verb = "", ...rest] = clause.trim().split(" ");
        for (const action of splitList(rest.join(" "))) apply(verb, action, old, item, expressions);
      }
      this.items.set(id, item);
    });
  }

  #checked(
    id: string,
    condition: string | undefined,
    names: string | undefined,
    values: string | undefined,
    act: (expressions: Expressions) => void,
  ): void {
    const expressions: Expressions = {
      names: names === undefined ? {} : (JSON.parse(names) as Record<string, string>),
      values: values === undefined ? {} : (JSON.parse(values) as Record<string, Attribute>),
      used: new Set(),
    };
    const holds =
      condition === undefined ||
      new Condition(condition, this.items.get(id) ?? {}, expressions).evaluate();
    const before = new Map(this.items);
    if (holds) act(expressions);
    for (const name of [...Object.keys(expressions.names), ...Object.keys(expressions.values)])
      if (!expressions.used.has(name) && holds) {
        this.items.clear();
        for (const [key, item] of before) this.items.set(key, item);
        throw new ServiceError(
          "ValidationException",
          `Value provided in expression attributes unused in expressions: ${name}`,
        );
      }
    if (!holds)
      throw new ServiceError("ConditionalCheckFailedException", "The conditional request failed");
  }
}

function keyOf(key: Item): string {
  const id = key["id"];
  if (id === undefined || !("S" in id))
    throw new ServiceError(
      "ValidationException",
      "The provided key element does not match the schema",
    );
  return id.S;
}

function splitList(text: string): string[] {
  return text.split(/,(?![^(]*\))/).map((part) => part.trim());
}

function nameOf(token: string, { names, used }: Expressions): string {
  const name = names[token];
  if (!token.startsWith("#") || name === undefined)
    throw new ServiceError(
      "ValidationException",
      `Attribute name ${token} is no defined placeholder`,
    );
  used.add(token);
  return name;
}

function valueOf(token: string, { values, used }: Expressions): Attribute {
  const value = values[token];
  if (value === undefined)
    throw new ServiceError(
      "ValidationException",
      `An expression attribute value used in expression is not defined: ${token}`,
    );
  used.add(token);
  return value;
}

function operand(token: string, item: Item, expressions: Expressions): Attribute | undefined {
  return token.startsWith(":") ? valueOf(token, expressions) : item[nameOf(token, expressions)];
}

function apply(
  verb: string,
  action: string,
  old: Item,
  item: Item,
  expressions: Expressions,
): void {
  if (verb === "REMOVE") {
    delete item[nameOf(action, expressions)];
    return;
  }
  if (verb !== "SET") throw new Error(`this stand-in does not know the update ${verb}`);
  const match = /^(#\w+) = (.+)$/.exec(action);
  if (!match) throw new ServiceError("ValidationException", `Invalid UpdateExpression: ${action}`);
  const target = nameOf(match[1] ?? "", expressions);
  const terms = (match[2] ?? "").split(/ \+ /);
  const found = terms.map((term) => {
    const fallback = /^if_not_exists\((#\w+), ?(:\w+)\)$/.exec(term);
    const value = fallback
      ? (old[nameOf(fallback[1] ?? "", expressions)] ?? valueOf(fallback[2] ?? "", expressions))
      : operand(term, old, expressions);
    if (value === undefined)
      throw new ServiceError(
        "ValidationException",
        "The provided expression refers to an attribute that does not exist in the item",
      );
    return value;
  });
  const [first] = found;
  if (first === undefined)
    throw new ServiceError("ValidationException", `Invalid UpdateExpression: ${action}`);
  item[target] =
    found.length === 1
      ? first
      : {
          N: String(
            found.reduce((sum, value) => {
              if (!("N" in value))
                throw new ServiceError(
                  "ValidationException",
                  "Incorrect operand type for operator +",
                );
              return sum + Number(value.N);
            }, 0),
          ),
        };
}

/** A condition expression, read by recursive descent: OR, AND, NOT, brackets, comparisons and the two existence functions. */
class Condition {
  readonly #tokens: string[];
  #at = 0;

  constructor(
    readonly text: string,
    readonly item: Item,
    readonly expressions: Expressions,
  ) {
    this.#tokens = text.match(/[#:]\w+|\w+|<=|>=|<>|[=<>(),]/g) ?? [];
  }

  evaluate(): boolean {
    const result = this.#or();
    if (this.#at !== this.#tokens.length) this.#refuse();
    return result;
  }

  #or(): boolean {
    let result = this.#and();
    while (this.#take("OR")) result = this.#and() || result;
    return result;
  }

  #and(): boolean {
    let result = this.#not();
    while (this.#take("AND")) result = this.#not() && result;
    return result;
  }

  #not(): boolean {
    if (this.#take("NOT")) return !this.#not();
    if (this.#take("(")) {
      const result = this.#or();
      this.#want(")");
      return result;
    }
    const token = this.#next();
    if (token === "attribute_exists" || token === "attribute_not_exists") {
      this.#want("(");
      const there = this.item[nameOf(this.#next(), this.expressions)] !== undefined;
      this.#want(")");
      return there === (token === "attribute_exists");
    }
    const left = operand(token, this.item, this.expressions);
    const sign = this.#next();
    const right = operand(this.#next(), this.item, this.expressions);
    return compare(left, sign, right);
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  #want(token: string): void {
    if (!this.#take(token)) this.#refuse();
  }

  #next(): string {
    const token = this.#tokens[this.#at++];
    return token ?? this.#refuse();
  }

  #refuse(): never {
    throw new ServiceError("ValidationException", `Invalid ConditionExpression: ${this.text}`);
  }
}

function compare(left: Attribute | undefined, sign: string, right: Attribute | undefined): boolean {
  // An attribute that is not there compares as false, as in the service; but for "is not".
  if (left === undefined || right === undefined) return sign === "<>";
  const [a, b] =
    "N" in left && "N" in right
      ? [Number(left.N), Number(right.N)]
      : "S" in left && "S" in right
        ? [left.S, right.S]
        : [undefined, undefined];
  if (a === undefined || b === undefined) return sign === "<>";
  switch (sign) {
    case "=":
      return a === b;
    case "<>":
      return a !== b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
    default:
      throw new ServiceError("ValidationException", `Invalid operator ${sign}`);
  }
}
