/* Socket options: the rows of option.def and the few ways the kernel keeps them. */
#include "socket/socket.h"

#include <limits.h>
#include <math.h>
#include <string.h>

/* Which sockets have an option. */
enum { ANY, IP, PACKETS, INET6, TCP, UDP, UNIX };

enum { RO = false, RW = true };

#define OPTION(NAME, KIND, ACCESS, LEVEL, OPT, LEVEL6, OPT6, WHERE, SUMMARY) \
  {#NAME, NSK_OPT_##KIND, ACCESS, true, WHERE, LEVEL, OPT, LEVEL6, OPT6},
#define OPTION_MISSING(NAME, KIND, ACCESS, SUMMARY) \
  {#NAME, NSK_OPT_##KIND, ACCESS, false, ANY, 0, 0, 0, 0},
const nsk_option nsk_options[] = {
#include "option_rows.h"
    {NULL, NSK_OPT_INT, false, false, 0, 0, 0, 0, 0}};

/* Every failure names the option. */
static nsk_outcome fail_option(nsk_error *error, const char *op, int code,
                               const nsk_option *option) {
  return nski_fail_about(error, op, code, option->name, strlen(option->name));
}

/* 0 when this socket has the option, else the errno that says why not. */
static int missing(const nsk_socket *s, const nsk_option *option) {
  bool inet = s->family == AF_INET || s->family == AF_INET6;
  if (!option->supported) return EOPNOTSUPP;
  if (s->fd < 0) return EBADF;
  switch (option->where) {
    case IP:
      return inet ? 0 : EAFNOSUPPORT;
    case PACKETS:
      if (!inet) return EAFNOSUPPORT;
      return s->type != SOCK_STREAM ? 0 : ESOCKTNOSUPPORT;
    case INET6:
      return s->family == AF_INET6 ? 0 : EAFNOSUPPORT;
    case TCP:
      if (!inet) return EAFNOSUPPORT;
      return s->type == SOCK_STREAM ? 0 : ESOCKTNOSUPPORT;
    case UDP:
      if (!inet) return EAFNOSUPPORT;
      return s->type == SOCK_DGRAM ? 0 : ESOCKTNOSUPPORT;
    case UNIX:
      return s->family == AF_UNIX ? 0 : EAFNOSUPPORT;
    default:
      return 0;
  }
}

/* ----------------------------------------------------------- descriptor flags -- */

static bool is_flag(const nsk_option *option) {
  return option->kind == NSK_OPT_FDFLAG || option->kind == NSK_OPT_FLFLAG;
}

static nsk_outcome get_flag(const nsk_socket *s, const nsk_option *option,
                            nsk_value *value, nsk_error *error) {
  int flags = fcntl(s->fd, option->kind == NSK_OPT_FDFLAG ? F_GETFD : F_GETFL);
  if (flags < 0) return fail_option(error, "fcntl", errno, option);
  value->integer = (flags & option->option) != 0;
  if (option->kind == NSK_OPT_FLFLAG) value->integer = !s->blocks;
  return NSK_DONE;
}

/* The socket caches its mode: sends and receives go by what was said here, not by
   what was done to a duplicate. */
static nsk_outcome set_flag(nsk_socket *s, const nsk_option *option, bool on,
                            nsk_error *error) {
  bool fd_flag = option->kind == NSK_OPT_FDFLAG;
  int flags = fcntl(s->fd, fd_flag ? F_GETFD : F_GETFL);
  if (flags < 0) return fail_option(error, "fcntl", errno, option);
  int wanted = on ? flags | option->option : flags & ~option->option;
  if (wanted != flags && fcntl(s->fd, fd_flag ? F_SETFD : F_SETFL, wanted) < 0)
    return fail_option(error, "fcntl", errno, option);
  if (!fd_flag) nski_set_mode(s, !on);
  return NSK_DONE;
}

/* -------------------------------------------------------------- socket options -- */

typedef union {
  int integer;
  unsigned char byte;
  uint64_t wide;
  struct timeval time;
  struct linger linger;
} raw_value;

static void place(const nsk_socket *s, const nsk_option *option, int *level, int *name) {
  bool six = s->family == AF_INET6;
  *level = six ? option->level6 : option->level;
  *name = six ? option->option6 : option->option;
}

/* The kernel may write less than an int: what it left out is 0. */
static nsk_outcome read_raw(const nsk_socket *s, const nsk_option *option, raw_value *raw,
                            socklen_t *length, nsk_error *error) {
  int level, name;
  place(s, option, &level, &name);
  memset(raw, 0, sizeof *raw);
  if (getsockopt(s->fd, level, name, raw, length) == 0) return NSK_DONE;
  return fail_option(error, "getsockopt", errno, option);
}

static nsk_outcome write_raw(const nsk_socket *s, const nsk_option *option,
                             const raw_value *raw, size_t length, nsk_error *error) {
  int level, name;
  place(s, option, &level, &name);
  if (setsockopt(s->fd, level, name, raw, (socklen_t)length) == 0) return NSK_DONE;
  return fail_option(error, "setsockopt", errno, option);
}

static socklen_t raw_size(const nsk_option *option) {
  switch (option->kind) {
    case NSK_OPT_SECONDS:
      return sizeof(struct timeval);
    case NSK_OPT_LINGER:
      return sizeof(struct linger);
    case NSK_OPT_U64:
      return sizeof(uint64_t);
    default:
      return sizeof(int);
  }
}

static void unpack(const nsk_option *option, const raw_value *raw, socklen_t length,
                   nsk_value *value) {
  switch (option->kind) {
    case NSK_OPT_BOOL:
      value->integer = length == 1 ? raw->byte != 0 : raw->integer != 0;
      break;
    case NSK_OPT_U8:
      value->integer = length == 1 ? raw->byte : raw->integer;
      break;
    case NSK_OPT_U32:
      value->integer = (uint32_t)raw->integer;
      break;
    case NSK_OPT_U64:
      value->integer = (int64_t)raw->wide;
      break;
    case NSK_OPT_SECONDS:
      value->seconds = (double)raw->time.tv_sec + (double)raw->time.tv_usec / 1e6;
      break;
    case NSK_OPT_LINGER:
      value->integer = raw->linger.l_onoff ? raw->linger.l_linger : -1;
      break;
    default:
      value->integer = raw->integer;
      break;
  }
}

nsk_outcome nsk_option_get(nsk_socket *s, const nsk_option *option, nsk_value *value,
                           nsk_error *error) {
  raw_value raw;
  socklen_t length = raw_size(option);
  int code = missing(s, option);
  memset(value, 0, sizeof *value);
  if (code != 0)
    return fail_option(error, is_flag(option) ? "fcntl" : "getsockopt", code, option);
  switch (option->kind) {
    case NSK_OPT_FDFLAG:
    case NSK_OPT_FLFLAG:
      return get_flag(s, option, value, error);
    case NSK_OPT_IFNAME:
      return nski_interface_get(s, option, value, error);
    case NSK_OPT_STRING:
    case NSK_OPT_NAME:
      return nski_text_get(s, option, value, error);
    case NSK_OPT_CRED:
      return nski_credentials_get(s, option, value, error);
    case NSK_OPT_BOOL:
    case NSK_OPT_INT:
    case NSK_OPT_U8:
    case NSK_OPT_U32:
    case NSK_OPT_U64:
    case NSK_OPT_SECONDS:
    case NSK_OPT_LINGER:
      break;
  }
  nsk_outcome outcome = read_raw(s, option, &raw, &length, error);
  if (outcome == NSK_DONE) unpack(option, &raw, length, value);
  return outcome;
}

static nsk_outcome out_of_range(const nsk_option *option, const char *text,
                                nsk_error *error) {
  return nsk_error_argument(error, "setsockopt", option->name, text);
}

/* Never rounds a time above 0 down to 0, which would mean no limit. */
static nsk_outcome pack_seconds(const nsk_option *option, double seconds, raw_value *raw,
                                nsk_error *error) {
  if (!(seconds >= 0)) return out_of_range(option, "must be seconds, 0 or more", error);
  double whole = floor(seconds);
  double micro = ceil((seconds - whole) * 1e6);
  if (whole > (double)(INT_MAX / 2))
    return out_of_range(option, "too many seconds", error);
  if (micro >= 1e6) {
    whole += 1;
    micro = 0;
  }
  raw->time.tv_sec = (time_t)whole;
  raw->time.tv_usec = (suseconds_t)micro;
  return NSK_DONE;
}

static nsk_outcome pack(const nsk_option *option, const nsk_value *value, raw_value *raw,
                        nsk_error *error) {
  int64_t n = value->integer;
  switch (option->kind) {
    case NSK_OPT_SECONDS:
      return pack_seconds(option, value->seconds, raw, error);
    case NSK_OPT_LINGER:
      if (n < -1 || n > 65535)
        return out_of_range(option, "must be -1 (off) or 0..65535 seconds", error);
      raw->linger.l_onoff = n >= 0;
      raw->linger.l_linger = n >= 0 ? (int)n : 0;
      return NSK_DONE;
    case NSK_OPT_U8:
      if (n < 0 || n > 255) return out_of_range(option, "must be 0..255", error);
      break;
    case NSK_OPT_U32:
      if (n < 0 || n > UINT32_MAX)
        return out_of_range(option, "must be 0..4294967295", error);
      break;
    case NSK_OPT_INT:
      if (n < 0 || n > INT_MAX)
        return out_of_range(option, "must be 0..2147483647", error);
      break;
    default:
      break;
  }
  raw->integer = (int)(uint32_t)n;
  return NSK_DONE;
}

nsk_outcome nsk_option_check(const nsk_option *option, const nsk_value *value,
                             nsk_error *error) {
  raw_value raw;
  if (!option->supported || !option->writable)
    return fail_option(error, "setsockopt", EOPNOTSUPP, option);
  if (option->kind == NSK_OPT_NAME) return nski_name_check(option, value, error);
  return pack(option, value, &raw, error);
}

nsk_outcome nsk_option_set(nsk_socket *s, const nsk_option *option,
                           const nsk_value *value, nsk_error *error) {
  raw_value raw;
  int code = missing(s, option);
  memset(&raw, 0, sizeof raw);
  if (code != 0)
    return fail_option(error, is_flag(option) ? "fcntl" : "setsockopt", code, option);
  if (!option->writable) return fail_option(error, "setsockopt", EOPNOTSUPP, option);
  if (is_flag(option)) return set_flag(s, option, value->integer != 0, error);
  if (option->kind == NSK_OPT_IFNAME) return nski_interface_set(s, option, value, error);
  if (option->kind == NSK_OPT_STRING) return nski_text_set(s, option, value, error);
  if (option->kind == NSK_OPT_NAME) return nski_name_set(s, option, value, error);
  if (option->kind == NSK_OPT_LINGER) s->lingers = true;
  nsk_outcome outcome = pack(option, value, &raw, error);
  if (outcome == NSK_DONE) outcome = write_raw(s, option, &raw, raw_size(option), error);
  return outcome;
}
