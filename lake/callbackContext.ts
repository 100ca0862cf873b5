/** The second argument of inline callbacks: their access to secrets. */

export interface CallbackContext {
  /**
   * The value of one of the component's `secrets`, fetched before the event.
   *
   * @throws when the component does not declare the secret
   * @example (row, { secret }) => ({ ...row, email: hash(row.email, secret("SALT")) })
   */
  secret(name: string): string;
}

/** For callbacks of a component without secrets. */
export const NO_SECRETS: CallbackContext = {
  secret(name) {
    throw new Error(undeclaredSecret(name, []));
  },
};

/** The error's message for a secret that the component does not declare. */
export function undeclaredSecret(name: string, declared: readonly string[]): string {
  const others =
    declared.length > 0
      ? `; the secrets are ${declared.join(", ")}`
      : ", and there are none; declare it in the argument secrets";
  return `"${name}" is not a declared secret${others}`;
}
