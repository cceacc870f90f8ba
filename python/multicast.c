/* Group membership. */
#include "args.h"
#include "error.h"
#include "socket.h"

/* Runs an action on the group, the source where it has one, and the interface, whose
   parameters begin at 0. */
static PyObject *group_call(PyObject *self, const nskp_row *row, PyObject *const *args,
                            Py_ssize_t nargs, PyObject *kwnames, nsk_mcast action,
                            bool with_source) {
  PyTypeObject *type = nskp_state_of(self)->addrinfo_type;
  nskp_args a;
  nskp_addrinfo *group, *source = NULL;
  nsk_error error;
  nsk_interface on = {.text = NULL};
  nsk_outcome outcome;
  int at = with_source ? 2 : 1;
  if (!nskp_bind(&a, row, args, nargs, kwnames) ||
      !nskp_get_address(&a, 0, type, &group) ||
      (with_source && !nskp_get_address(&a, 1, type, &source)) ||
      (a.value[at] != NULL && !nskp_get_interface(&a, at, type, &on)))
    return NULL;
  do
    outcome = nsk_socket_mcast(&((nskp_socket *)self)->s, action, &group->info.addr,
                               source != NULL ? &source->info.addr : NULL, &on, &error);
  while (nskp_reclaim(nskp_state_of(self), outcome, &error));
  if (outcome != NSK_DONE) return nskp_raise(row, outcome, &error);
  Py_RETURN_TRUE;
}

#define GROUP_CALL(NAME, ACTION, WITH_SOURCE)                                      \
  PyObject *nskp_socket_##NAME(NSKP_KEY) {                                         \
    return group_call(self, &nskp_row_socket_##NAME, args, nargs, kwnames, ACTION, \
                      WITH_SOURCE);                                                \
  }

GROUP_CALL(mcastjoin, NSK_MCAST_JOIN, false)
GROUP_CALL(mcastleave, NSK_MCAST_LEAVE, false)
GROUP_CALL(mcastjoinsrc, NSK_MCAST_JOIN_SOURCE, true)
GROUP_CALL(mcastleavesrc, NSK_MCAST_LEAVE_SOURCE, true)
GROUP_CALL(mcastblocksrc, NSK_MCAST_BLOCK_SOURCE, true)
GROUP_CALL(mcastunblocksrc, NSK_MCAST_UNBLOCK_SOURCE, true)
