/* Options that an opener sets on each socket that it opens. */
#include "socket/socket.h"

#include <string.h>

enum {
#define OPTION(NAME, ...) AT_##NAME,
#include "option.def"
  ROWS
};
_Static_assert((int)ROWS <= (int)NSK_SETTINGS_MAX,
               "there are more options than settings");

nsk_outcome nsk_settings_add(nsk_settings *settings, const nsk_option *option,
                             const nsk_value *value, nsk_error *error) {
  size_t at = settings->count;
  nsk_outcome outcome = nsk_option_check(option, value, error);
  if (outcome != NSK_DONE) return outcome;
  while (at > 0 && settings->items[at - 1].option >= option)
    at--;
  nsk_setting *place = &settings->items[at];
  if (at < settings->count && place->option == option)
    return nsk_error_argument(error, "setsockopt", option->name, NSK_GIVEN_TWICE);
  memmove(place + 1, place, (settings->count - at) * sizeof *place);
  *place = (nsk_setting){option, *value};
  settings->count++;
  return NSK_DONE;
}

nsk_outcome nsk_settings_apply(const nsk_settings *settings, nsk_socket *s,
                               nsk_error *error) {
  nsk_outcome outcome = NSK_DONE;
  for (size_t i = 0; outcome == NSK_DONE && i < settings->count; i++)
    outcome =
        nsk_option_set(s, settings->items[i].option, &settings->items[i].value, error);
  return outcome;
}

static const char *operation(const nsk_option *option) {
  static const char *const names[] = {
#define OPTION(NAME, ...) "setsockopt " #NAME,
#include "option.def"
  };
  return names[option - nsk_options];
}

static nsk_outcome set_those(const nsk_setting *settings, size_t count, bool mode,
                             nsk_socket *s, nsk_error *error) {
  for (size_t i = 0; i < count; i++) {
    const nsk_option *option = settings[i].option;
    if ((option->kind == NSK_OPT_FLFLAG) != mode) continue;
    if (nsk_option_set(s, option, &settings[i].value, error) == NSK_DONE) continue;
    return nski_fail(error, operation(option), error->code);
  }
  return NSK_DONE;
}

nsk_outcome nski_settings_before(const nsk_setting *settings, size_t count, nsk_socket *s,
                                 nsk_error *error) {
  return set_those(settings, count, false, s, error);
}

nsk_outcome nski_settings_after(const nsk_setting *settings, size_t count, nsk_socket *s,
                                nsk_error *error) {
  return set_those(settings, count, true, s, error);
}
