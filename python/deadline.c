/* Times as arguments. */
#include "args.h"

bool nskp_get_deadline(const nskp_args *a, int i, nsk_deadline *deadline) {
  double seconds = 0;
  nsk_error error;
  if (a->value[i] == NULL) return true;
  if (!nskp_get_seconds(a, i, &seconds)) return false;
  nsk_outcome outcome = nsk_deadline_in(seconds, a->row->name, "sec", deadline, &error);
  return outcome == NSK_DONE || nskp_out_of_range(a, i, error.text);
}

bool nskp_get_limit(const nskp_args *a, int i, const nskp_socket *sock,
                    nsk_deadline *deadline) {
  *deadline = nsk_socket_deadline(&sock->s);
  return nskp_get_deadline(a, i, deadline);
}
