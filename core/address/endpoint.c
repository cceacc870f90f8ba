/* Hosts and ports as a user writes them. */
#include "address/address.h"

#include <stdio.h>
#include <string.h>

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* services(5) names have a letter. getaddrinfo(3) would take " 80", "+80" and "-1"
   for numbers, so what begins with anything but a letter or digit is refused here. */
static nski_port_kind text_port(const char *text, size_t length, int *port) {
  int value = 0;
  bool letter = false;
  bool number = length > 0;
  if (length == 0 || length >= NSK_HOST_MAX) return NSK_PORT_BAD;
  for (size_t i = 0; i < length; i++) {
    if (is_digit(text[i])) {
      if (value <= 65535) value = value * 10 + (text[i] - '0');
      continue;
    }
    number = false;
    if (is_letter(text[i]))
      letter = true;
    else if (i == 0 || text[i] == '\0' || strchr("-_.+*/", text[i]) == NULL)
      return NSK_PORT_BAD;
  }
  if (!number) return letter ? NSK_PORT_NAME : NSK_PORT_BAD;
  *port = value;
  return value <= 65535 ? NSK_PORT_NUMBER : NSK_PORT_BAD;
}

nski_port_kind nski_endpoint_port(const nsk_endpoint *endpoint, int *port) {
  if (endpoint->service != NULL)
    return text_port(endpoint->service, endpoint->service_length, port);
  if (endpoint->port < 0 || endpoint->port > 65535) return NSK_PORT_BAD;
  *port = (int)endpoint->port;
  return NSK_PORT_NUMBER;
}

nsk_outcome nski_fail_port(nsk_error *error, const nsk_endpoint *endpoint) {
  char number[24];
  const char *text = endpoint->service;
  size_t length = endpoint->service_length;
  if (text == NULL) {
    length = (size_t)snprintf(number, sizeof number, "%lld", (long long)endpoint->port);
    text = number;
  }
  nsk_outcome outcome = nski_fail_resolver(error, EAI_SERVICE, 0, text, length);
  nski_error_say(error, "not a port"); /* the system's words are of services alone */
  return outcome;
}

nsk_outcome nski_endpoint_host(const nsk_endpoint *endpoint, const char *op, char *host,
                               nsk_error *error) {
  host[0] = '\0';
  if (endpoint->host == NULL) return NSK_DONE;
  if (endpoint->host_length == 0)
    return nsk_error_argument(error, op, "host", "must not be empty");
  if (memchr(endpoint->host, '\0', endpoint->host_length) != NULL)
    return nsk_error_argument(error, op, "host", "has a NUL in it");
  if (endpoint->host_length >= NSK_HOST_MAX)
    return nski_fail_resolver(error, EAI_NONAME, 0, endpoint->host,
                              endpoint->host_length);
  memcpy(host, endpoint->host, endpoint->host_length);
  host[endpoint->host_length] = '\0';
  return NSK_DONE;
}

uint32_t nski_zone_index(const char *zone) {
  uint64_t index = 0;
  const char *digit = zone;
  for (; *digit >= '0' && *digit <= '9' && index <= UINT32_MAX; digit++)
    index = index * 10 + (uint64_t)(*digit - '0');
  if (digit != zone && *digit == '\0' && index <= UINT32_MAX) return (uint32_t)index;
  return if_nametoindex(zone);
}
