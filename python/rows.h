/* The rows of api.def and option.def as functions, and as the methods of each type. */
#ifndef NSKP_ROWS_H
#define NSKP_ROWS_H

/* How CPython calls a function of a POS row and of a KEY row; not all need all of it. */
#define NSKP_POS                                                                         \
  __attribute__((unused)) PyObject *self, __attribute__((unused)) PyObject *const *args, \
      Py_ssize_t nargs
#define NSKP_KEY NSKP_POS, PyObject *kwnames

/* For each row: its function, nskp_<owner>_<name>, and its text. */
#define NSKP_DECLARE(CALL, SYMBOL)      \
  PyObject *nskp_##SYMBOL(NSKP_##CALL); \
  extern const nskp_row nskp_row_##SYMBOL;
/* Hidden, so that a row without its function does not link. */
#pragma GCC visibility push(hidden)
#define MODULE(NAME, CALL, ...) NSKP_DECLARE(CALL, module_##NAME)
#define SOCKET(NAME, CALL, ...) NSKP_DECLARE(CALL, socket_##NAME)
#define PY_SOCKET(NAME, CALL, ...) NSKP_DECLARE(CALL, socket_##NAME)
#define ADDRESS(NAME, CALL, ...) NSKP_DECLARE(CALL, address_##NAME)
#define ADDRINFO(NAME, CALL, ...) NSKP_DECLARE(CALL, addrinfo_##NAME)
#define MSGHDR_MAKE(NAME, CALL, ...) NSKP_DECLARE(CALL, msghdr_make_##NAME)
#define CMSGHDR_MAKE(NAME, CALL, ...) NSKP_DECLARE(CALL, cmsghdr_make_##NAME)
#define CMSGHDRS_MAKE(NAME, CALL, ...) NSKP_DECLARE(CALL, cmsghdrs_make_##NAME)
#define IOVEC_MAKE(NAME, CALL, ...) NSKP_DECLARE(CALL, iovec_make_##NAME)
#define MSGHDR(NAME, CALL, ...) NSKP_DECLARE(CALL, msghdr_##NAME)
#define CMSGHDR(NAME, CALL, ...) NSKP_DECLARE(CALL, cmsghdr_##NAME)
#define CMSGHDRS(NAME, CALL, ...) NSKP_DECLARE(CALL, cmsghdrs_##NAME)
#define IOVEC(NAME, CALL, ...) NSKP_DECLARE(CALL, iovec_##NAME)
#define PY_IOVEC(NAME, CALL, ...) NSKP_DECLARE(CALL, iovec_##NAME)
#define READER(NAME, CALL, ...) NSKP_DECLARE(CALL, reader_##NAME)
#define DEADLINE(NAME, CALL, ...) NSKP_DECLARE(CALL, deadline_##NAME)
#define DEVICE(NAME, CALL, ...) NSKP_DECLARE(CALL, device_##NAME)
#include "api.def"

/* The method of each option. */
#define OPTION(NAME, ...) PyObject *nskp_option_##NAME(NSKP_POS);
#include "option.def"
#pragma GCC visibility pop

/* module.c: the tables of methods. */
extern PyMethodDef nskp_socket_methods[];
extern PyMethodDef nskp_addrinfo_methods[];
extern PyMethodDef nskp_msghdr_methods[];
extern PyMethodDef nskp_cmsghdr_methods[];
extern PyMethodDef nskp_cmsghdrs_methods[];
extern PyMethodDef nskp_iovec_methods[];
extern PyMethodDef nskp_reader_methods[];
extern PyMethodDef nskp_deadline_methods[];

#endif
