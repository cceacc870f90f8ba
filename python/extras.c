/* The options that an opener may have by name besides its parameters. */
#include "args.h"

#include "error.h"

/* One of them as the only argument of a row that has its name. */
typedef struct {
  nskp_row row;
  nskp_args args;
} single;

static const nskp_args *only(single *one, const nskp_args *a, const char *name,
                             PyObject *value) {
  one->row = (nskp_row){a->row->name, name, false, NULL};
  one->args.row = &one->row;
  one->args.value[0] = value;
  return &one->args;
}

/* Raises what a value cannot be, as the function's. */
static bool done(const nskp_args *a, nsk_outcome outcome, const nsk_error *error) {
  if (outcome != NSK_DONE) nskp_raise(a->row, outcome, error);
  return outcome == NSK_DONE;
}

static bool take_option(const nskp_args *a, const nskp_state *state,
                        const nsk_option *option, PyObject *given, nsk_extras *extras) {
  single one;
  nsk_error error;
  nsk_value value = {0};
  if (option->writable && !nskp_option_value(option, only(&one, a, option->name, given),
                                             state->addrinfo_type, &value))
    return false;
  return done(a, nsk_settings_add(&extras->settings, option, &value, &error), &error);
}

static bool take_local(const nskp_args *a, nskp_state *state, PyObject *given,
                       nsk_extras *extras) {
  single one;
  nskp_addrinfo *ai;
  if (!nskp_get_address(only(&one, a, "local_addr", given), 0, state->addrinfo_type, &ai))
    return false;
  extras->local = ai->info.addr;
  return true;
}

static bool take_delay(const nskp_args *a, PyObject *given, nsk_extras *extras) {
  single one;
  nsk_error error;
  double seconds;
  if (!nskp_get_seconds(only(&one, a, "attempt_delay", given), 0, &seconds)) return false;
  return done(a, nsk_extras_delay(extras, seconds, &error), &error);
}

static bool is(PyObject *name, const char *text) {
  return PyUnicode_CompareWithASCIIString(name, text) == 0;
}

static bool take(const nskp_args *a, nskp_state *state, bool connects, PyObject *name,
                 PyObject *given, nsk_extras *extras) {
  bool absent = given == Py_None;
  if (connects && is(name, "local_addr"))
    return absent || take_local(a, state, given, extras);
  if (connects && is(name, "attempt_delay"))
    return absent || take_delay(a, given, extras);
  for (const nsk_option *option = nsk_options; option->name != NULL; option++)
    if (is(name, option->name))
      return absent || take_option(a, state, option, given, extras);
  return nskp_unexpected(a->row, name);
}

bool nskp_get_extras(const nskp_args *a, nskp_state *state, bool connects,
                     nsk_extras *extras) {
  Py_ssize_t count = a->kwnames != NULL ? PyTuple_Size(a->kwnames) : 0;
  extras->settings.count = 0;
  extras->local.length = 0;
  extras->attempt_delay = 0;
  for (Py_ssize_t i = 0; i < count; i++) {
    PyObject *name = PyTuple_GetItem(a->kwnames, i);
    if (nskp_is_parameter(a->row, name)) continue;
    if (!take(a, state, connects, name, a->named[i], extras)) return false;
  }
  return true;
}
