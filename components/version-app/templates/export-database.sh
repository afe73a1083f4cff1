# Exports a database of Cloud SQL to a bucket and waits until it is there. One line a step.
#
# PROJECT, INSTANCE, DATABASE, BUCKET: what, and where to. REASON: last part of the object's name.
# WHEN_MISSING: what an instance that does not exist yet is, `pass` or `fail`.
#
# Kubernetes puts its own values in place of a variable's name in round brackets after a dollar sign, and one dollar sign
# in place of two (https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container): neither
# is in here.
set -Eeuo pipefail

say() {
  printf '%s\n' "$*"
}

# A list that is empty is the one sign that cannot be mistaken: for a single instance "not there" and "not allowed" look
# alike. A list that fails ends this.
state="$(gcloud sql instances list --project="$PROJECT" --filter="name=$INSTANCE" --format='value(state)')"
if [[ -z $state ]]; then
  say "there is no instance $INSTANCE"
  [[ $WHEN_MISSING == pass ]]
  exit
fi

target="gs://$BUCKET/$INSTANCE/$(date -u +%Y%m%dT%H%M%SZ)-$REASON.sql.gz"
say "exporting $DATABASE of $INSTANCE ($state) to $target"
operation="$(gcloud sql export sql "$INSTANCE" "$target" --project="$PROJECT" --database="$DATABASE" \
  --offload --async --format='value(name)')"
if [[ -z $operation ]]; then
  say "Cloud SQL named no operation"
  exit 1
fi

say "waiting for operation $operation"
gcloud sql operations wait "$operation" --project="$PROJECT" --timeout=unlimited
outcome="$(gcloud sql operations describe "$operation" --project="$PROJECT" \
  --format='csv[no-heading](status,error.errors[0].code)')"
say "operation $operation: $outcome"
[[ $outcome == DONE, ]]
