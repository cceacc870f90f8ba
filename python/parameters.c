/* Arguments: which parameter each belongs to. All of it reads the row's PARAMS text;
   short sends and receives do not come here. */
#include <stdatomic.h>
#include <string.h>

#include "args.h"

/* ------------------------------------------------------------ parameters -- */

typedef struct {
  const char *name;
  size_t length;
  bool required;
} parameter;

/* Past the comma that ends a parameter, or to the end. */
static const char *after_comma(const char *text) {
  text += strcspn(text, ",");
  return *text == ',' ? text + 2 : text;
}

/* Steps to the next named parameter; false at the rest, *flags, at a bare * and at the
   end. */
static bool next_parameter(const char **at, parameter *p) {
  const char *text = *at;
  if (*text == '/') text += text[1] == ',' ? 3 : 1;
  *at = text;
  if (*text == '\0' || *text == '*') return false;
  p->name = text;
  p->length = strcspn(text, "=,");
  p->required = text[p->length] != '=';
  *at = after_comma(text);
  return true;
}

/* Steps over the rest, or the bare *: what follows is given by name only. False where
   there is neither. */
static bool skip_rest(const char **at) {
  if (**at != '*') return false;
  *at = after_comma(*at);
  return true;
}

/* Of all parameters with a name. */
static bool next_named(const char **at, parameter *p) {
  return next_parameter(at, p) || (skip_rest(at) && next_parameter(at, p));
}

static void copy_name(const parameter *p, char *name) {
  size_t length = p->length < NSKP_NAME_MAX ? p->length : NSKP_NAME_MAX - 1;
  memcpy(name, p->name, length);
  name[length] = '\0';
}

void nskp_parameter_name(const nskp_row *row, int i, char *name) {
  const char *at = row->params;
  const char *rest = strchr(at, '*');
  parameter p = {at, 0, false};
  bool has_name = i < NSKP_PARAMS_MAX;
  for (int k = 0; has_name && k <= i; k++)
    has_name = next_named(&at, &p);
  if (!has_name && rest != NULL) p = (parameter){rest + 1, strcspn(rest + 1, ","), false};
  copy_name(&p, name);
}

/* --------------------------------------------------------------- binding -- */

static bool refuse_parameter(const nskp_row *row, const char *words, const parameter *p) {
  char name[NSKP_NAME_MAX];
  copy_name(p, name);
  PyErr_Format(PyExc_TypeError, "%s() %s '%s'", row->name, words, name);
  return false;
}

static bool fail_count(const nskp_row *row, Py_ssize_t takes, Py_ssize_t given) {
  PyErr_Format(PyExc_TypeError,
               "%s() takes at most %zd positional argument%s (%zd given)", row->name,
               takes, takes == 1 ? "" : "s", given);
  return false;
}

/* The value that was given under the parameter's name. */
static PyObject *named(const parameter *p, PyObject *kwnames, PyObject *const *values) {
  char name[NSKP_NAME_MAX];
  copy_name(p, name);
  for (Py_ssize_t i = 0; i < PyTuple_Size(kwnames); i++)
    if (PyUnicode_CompareWithASCIIString(PyTuple_GetItem(kwnames, i), name) == 0)
      return values[i];
  return NULL;
}

/* The first of the parameters that may be given by name: all, or those after a slash. */
static const char *first_named(const nskp_row *row) {
  const char *slash = strchr(row->params, '/');
  return slash != NULL ? slash : row->params;
}

bool nskp_is_parameter(const nskp_row *row, PyObject *given) {
  const char *at = first_named(row);
  char name[NSKP_NAME_MAX];
  parameter p;
  while (next_named(&at, &p)) {
    copy_name(&p, name);
    if (PyUnicode_CompareWithASCIIString(given, name) == 0) return true;
  }
  return false;
}

bool nskp_unexpected(const nskp_row *row, PyObject *name) {
  PyErr_Format(PyExc_TypeError, "%s() got an unexpected keyword argument '%U'", row->name,
               name);
  return false;
}

/* Some name given is no parameter's, or not one that may be named: says which. */
static bool fail_unexpected(const nskp_row *row, PyObject *kwnames) {
  for (Py_ssize_t i = 0; i < PyTuple_Size(kwnames); i++) {
    PyObject *given = PyTuple_GetItem(kwnames, i);
    if (!nskp_is_parameter(row, given)) return nskp_unexpected(row, given);
  }
  return false;
}

/* Whether *flags is there, at its text; **options takes nothing by its place. */
static bool takes_rest(const char *text) {
  return *text == '*' && text[1] != ',' && text[1] != '*';
}

static bool takes_options(const nskp_row *row) {
  return strstr(row->params, "**") != NULL;
}

/* What is being bound. */
typedef struct {
  PyObject *const *args;
  Py_ssize_t nargs;
  PyObject *kwnames; /* NULL: nothing is given by name */
  Py_ssize_t count;  /* parameters so far */
  Py_ssize_t used;   /* names so far */
} binding;

/* One parameter, given by its place or by its name. */
static bool bind_one(nskp_args *a, binding *b, const parameter *p, bool by_place) {
  PyObject *value = by_place && b->count < b->nargs ? b->args[b->count] : NULL;
  bool nameable = b->kwnames != NULL && p->name >= first_named(a->row);
  PyObject *by_name = nameable ? named(p, b->kwnames, b->args + b->nargs) : NULL;
  if (by_name != NULL && value != NULL)
    return refuse_parameter(a->row, "got multiple values for argument", p);
  if (by_name != NULL) {
    value = by_name;
    b->used++;
  }
  if (value == NULL && p->required)
    return refuse_parameter(a->row, "missing required argument", p);
  a->value[b->count++] = value == Py_None && !p->required ? NULL : value;
  return true;
}

/* A shape: whether it was read, whether *flags follow, and how many parameters have a
   place, how many of those are required, and how many are given by name only. */
enum { SHAPE_READ = 1, SHAPE_REST = 2, PLACES = 8, REQUIRED = 16, NAMED = 24 };

static unsigned read_shape(const nskp_row *row) {
  const char *at = row->params;
  unsigned shape = SHAPE_READ;
  parameter p;
  while (next_parameter(&at, &p))
    shape += (1u << PLACES) + (p.required ? 1u << REQUIRED : 0);
  if (takes_rest(at)) shape |= SHAPE_REST;
  if (skip_rest(&at))
    while (next_parameter(&at, &p))
      shape += 1u << NAMED;
  return shape;
}

static unsigned shape_of(const nskp_row *row) {
  if (row->shape == NULL) return read_shape(row);
  unsigned shape = atomic_load_explicit(row->shape, memory_order_relaxed);
  if (shape == 0) {
    shape = read_shape(row);
    atomic_store_explicit(row->shape, shape, memory_order_relaxed);
  }
  return shape;
}

/* Where nothing is given by name, counting does. False where it does not fit: the words
   for that are found by the long way. */
static bool bind_places(nskp_args *a, PyObject *const *args, Py_ssize_t nargs) {
  unsigned shape = shape_of(a->row);
  Py_ssize_t places = shape >> PLACES & 0xff, required = shape >> REQUIRED & 0xff;
  Py_ssize_t all = places + (shape >> NAMED), count = 0;
  if (nargs < required || (nargs > places && (shape & SHAPE_REST) == 0)) return false;
  for (; count < places && count < nargs; count++)
    a->value[count] = args[count] == Py_None && count >= required ? NULL : args[count];
  for (; count < all; count++)
    a->value[count] = NULL;
  a->flags = args + places;
  a->flag_count = nargs > places ? nargs - places : 0;
  return true;
}

bool nskp_bind(nskp_args *a, const nskp_row *row, PyObject *const *args, Py_ssize_t nargs,
               PyObject *kwnames) {
  Py_ssize_t names = kwnames != NULL ? PyTuple_Size(kwnames) : 0;
  binding b = {.args = args, .nargs = nargs, .kwnames = names > 0 ? kwnames : NULL};
  const char *at = row->params;
  parameter p;
  a->row = row;
  a->kwnames = b.kwnames;
  a->named = args + nargs;
  if (names == 0 && bind_places(a, args, nargs)) return true;
  if (names > 0 && row->params[0] != '\0') {
    const char *nameable = first_named(row);
    if (!next_named(&nameable, &p) && !takes_options(row)) {
      PyErr_Format(PyExc_TypeError, "%s() takes no keyword arguments", row->name);
      return false;
    }
  }
  while (next_parameter(&at, &p))
    if (!bind_one(a, &b, &p, true)) return false;
  Py_ssize_t placed = b.count;
  bool rest = takes_rest(at);
  a->flags = args + placed;
  a->flag_count = nargs > placed ? nargs - placed : 0;
  if (a->flag_count > 0 && !rest) return fail_count(row, placed, nargs);
  if (skip_rest(&at))
    while (next_parameter(&at, &p))
      if (!bind_one(a, &b, &p, false)) return false;
  return b.used == names || takes_options(row) || fail_unexpected(row, kwnames);
}

bool nskp_bind_none(const nskp_row *row, Py_ssize_t nargs) {
  return nargs == 0 || fail_count(row, 0, nargs);
}
