/* The function that runs, by its row, and what it says of a wrong argument. */
#ifndef NSKL_ARGCHECK_H
#define NSKL_ARGCHECK_H

#include "adapter.h"

typedef enum { NSKL_FUNCTION, NSKL_METHOD, NSKL_OPTION } nskl_calling;

/* A row of api.def or option.def, the last upvalue of each function that has one. */
struct nskl_row {
  const char *name;
  const char *params; /* as in api.def */
  lua_CFunction call;
  nskl_calling calling; /* but for a function, self is not counted among the arguments */
};

/* The row of the function that runs; NULL for a metamethod. */
const nskl_row *nskl_running(lua_State *L);

/* How many parameters a row has before its table of options, and how many of them are
   required; a name's place among them from 1, 0: it is not there. */
int nskl_positions(const nskl_row *row, int *required);
int nskl_position(const nskl_row *row, const char *name);

/* The name of the parameter at index, into a buffer of this size. */
enum { NSKL_PARAMETER_MAX = 32 };
void nskl_parameter(const nskl_row *row, int index, char *name);

/* Raise: `bad argument #3 to 'bind' (boolean expected, got number, for reuseaddr)`
   at the caller's line, N and the names from api.def; index is the stack's. */
_Noreturn void nskl_bad_type(lua_State *L, int index, const char *expected);
/* The same about the value on top of the stack: a field of the table at index. */
_Noreturn void nskl_bad_field(lua_State *L, int index, const char *field,
                              const char *expected);
/* Raise: `bad argument #4 to 'connect' (unknown option 'x')`. */
_Noreturn void nskl_bad_option(lua_State *L, int index, const char *name);
_Noreturn void nskl_bad_self(lua_State *L, nskl_kind kind);

#endif
