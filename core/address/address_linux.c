/* Addresses of Linux's own families: virtual machines, netlink, packets; and any other
   from its bytes. */
#include "address/address.h"

#include <stdio.h>
#include <string.h>

/* What follows the family. */
#define DATA_AT offsetof(struct sockaddr, sa_data)

/* A copy, since the kernel may have given less than the structure: the rest is 0. */
static void load(const nsk_addr *addr, void *to, size_t size) {
  memset(to, 0, size);
  memcpy(to, addr->bytes, addr->length < size ? addr->length : size);
}

static void store(nsk_addr *addr, const void *from, size_t size) {
  memset(addr, 0, sizeof *addr);
  memcpy(addr->bytes, from, size);
  nski_addr_set_length(addr, size);
}

static bool is_u32(int64_t value, const char *op, const char *parameter,
                   nsk_error *error) {
  if (value >= 0 && value <= UINT32_MAX) return true;
  nsk_error_argument(error, op, parameter, "must be 0..4294967295");
  return false;
}

/* -------------------------------------------------------------- making them -- */

nsk_outcome nsk_addr_vsock(nsk_addr *addr, int64_t cid, int64_t port, nsk_error *error) {
  if (!is_u32(cid, "vsock", "cid", error) || !is_u32(port, "vsock", "port", error))
    return NSK_FAILED;
#ifdef NSK_HAVE_VSOCK
  struct sockaddr_vm vm = {
      .svm_family = AF_VSOCK, .svm_cid = (uint32_t)cid, .svm_port = (uint32_t)port};
  store(addr, &vm, sizeof vm);
  return NSK_DONE;
#else
  (void)addr;
  return nski_fail(error, "vsock", EAFNOSUPPORT);
#endif
}

nsk_outcome nsk_addr_netlink(nsk_addr *addr, int64_t port, int64_t groups,
                             nsk_error *error) {
  if (!is_u32(port, "netlink", "port", error) ||
      !is_u32(groups, "netlink", "groups", error))
    return NSK_FAILED;
#ifdef NSK_HAVE_NETLINK
  struct sockaddr_nl nl = {
      .nl_family = AF_NETLINK, .nl_pid = (uint32_t)port, .nl_groups = (uint32_t)groups};
  store(addr, &nl, sizeof nl);
  return NSK_DONE;
#else
  (void)addr;
  return nski_fail(error, "netlink", EAFNOSUPPORT);
#endif
}

#ifdef NSK_HAVE_PACKET

enum { HARDWARE_AT = offsetof(struct sockaddr_ll, sll_addr), HARDWARE_MAX = 32 };

static int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "02:fc:00:00:00:01" as bytes; how many, or 0 for another text. */
static size_t parse_hardware(const char *text, size_t length, unsigned char *bytes) {
  size_t count = 0;
  for (size_t at = 0; at + 2 <= length && count < HARDWARE_MAX; at += 3) {
    int high = digit_of(text[at]), low = digit_of(text[at + 1]);
    if (high < 0 || low < 0) return 0;
    bytes[count++] = (unsigned char)(high * 16 + low);
    if (at + 2 == length) return count;
    if (text[at + 2] != ':') return 0;
  }
  return 0;
}

static bool find_interface(const nsk_packet_place *place, struct sockaddr_ll *ll,
                           nsk_error *error) {
  char name[IF_NAMESIZE];
  size_t length = place->ifname_length;
  errno = ENODEV;
  if (length < sizeof name && memchr(place->ifname, '\0', length) == NULL) {
    memcpy(name, place->ifname, length);
    name[length] = '\0';
    ll->sll_ifindex = (int)nski_zone_index(name);
  }
  if (ll->sll_ifindex > 0) return true;
  nski_fail_about(error, "packet", errno, place->ifname, length);
  return false;
}

nsk_outcome nsk_addr_packet(nsk_addr *addr, const nsk_packet_place *place,
                            nsk_error *error) {
  struct sockaddr_ll ll = {.sll_family = AF_PACKET};
  unsigned char hardware[HARDWARE_MAX];
  size_t count = 0;
  if (place->ethertype < 0 || place->ethertype > UINT16_MAX)
    return nsk_error_argument(error, "packet", "ethertype", "must be 0..65535");
  ll.sll_protocol = htons((uint16_t)place->ethertype);
  if (place->ifname != NULL && !find_interface(place, &ll, error)) return NSK_FAILED;
  if (place->hardware != NULL) {
    count = parse_hardware(place->hardware, place->hardware_length, hardware);
    if (count == 0)
      return nsk_error_argument(error, "packet", "hwaddr",
                                "must be bytes in hexadecimal with colons between");
  }
  ll.sll_halen = (unsigned char)count;
  store(addr, &ll, sizeof ll);
  memcpy(addr->bytes + HARDWARE_AT, hardware, count);
  if (HARDWARE_AT + count > sizeof ll) nski_addr_set_length(addr, HARDWARE_AT + count);
  return NSK_DONE;
}

/* The hardware address, no longer than what is there. */
static size_t hardware_of(const nsk_addr *addr, const unsigned char **bytes) {
  struct sockaddr_ll ll;
  load(addr, &ll, sizeof ll);
  size_t there = addr->length > HARDWARE_AT ? addr->length - HARDWARE_AT : 0;
  size_t most = there < HARDWARE_MAX ? there : HARDWARE_MAX;
  *bytes = addr->bytes + HARDWARE_AT;
  return ll.sll_halen < most ? ll.sll_halen : most;
}

static size_t hardware_text(const nsk_addr *addr, char *buf) {
  const unsigned char *bytes;
  size_t count = hardware_of(addr, &bytes), length = 0;
  for (size_t i = 0; i < count; i++)
    length += (size_t)snprintf(buf + length, 4, i == 0 ? "%02x" : ":%02x", bytes[i]);
  return length;
}

static size_t packet_text(const nsk_addr *addr, char *buf) {
  struct sockaddr_ll ll;
  char name[IF_NAMESIZE] = "";
  load(addr, &ll, sizeof ll);
  if (ll.sll_ifindex != 0 && if_indextoname((unsigned)ll.sll_ifindex, name) == NULL)
    snprintf(name, sizeof name, "%d", ll.sll_ifindex);
  size_t length = (size_t)snprintf(buf, NSK_ADDR_TEXT_MAX, "packet:%s:0x%04x:", name,
                                   ntohs(ll.sll_protocol));
  size_t hardware = hardware_text(addr, buf + length);
  return hardware > 0 ? length + hardware : length - 1;
}

/* Kind of packet and of device tell of a packet, and not of a place. */
static size_t packet_key(const nsk_addr *addr, unsigned char *key) {
  struct sockaddr_ll ll;
  const unsigned char *bytes;
  size_t count = hardware_of(addr, &bytes), at = 0;
  load(addr, &ll, sizeof ll);
  memcpy(key, &ll.sll_ifindex, sizeof ll.sll_ifindex);
  at += sizeof ll.sll_ifindex;
  memcpy(key + at, &ll.sll_protocol, sizeof ll.sll_protocol);
  at += sizeof ll.sll_protocol;
  memcpy(key + at, bytes, count);
  return at + count;
}

#else

nsk_outcome nsk_addr_packet(nsk_addr *addr, const nsk_packet_place *place,
                            nsk_error *error) {
  (void)addr, (void)place;
  return nski_fail(error, "packet", EAFNOSUPPORT);
}

#endif

/* ------------------------------------------------------------- as raw bytes -- */

size_t nsk_addr_raw(const nsk_addr *addr, const unsigned char **data) {
  *data = addr->bytes + DATA_AT;
  return addr->length > DATA_AT ? addr->length - DATA_AT : 0;
}

nsk_outcome nsk_addr_of_raw(nsk_addr *addr, int64_t family, const void *data,
                            size_t length, nsk_error *error) {
  nsk_addr made = {.length = 0};
  sa_family_t number = (sa_family_t)family;
  if (family < 0 || number != family)
    return nsk_error_argument(error, "raw", "family", "is out of range");
  if (length > sizeof made.bytes - DATA_AT)
    return nsk_error_argument(error, "raw", "data", "is too long for an address");
  ((struct sockaddr *)(void *)made.bytes)->sa_family = number;
  if (length > 0) memcpy(made.bytes + DATA_AT, data, length);
  nski_addr_set_length(&made, DATA_AT + length);
  if (nsk_addr_restore(addr, made.bytes, made.length)) return NSK_DONE;
  return nsk_error_argument(error, "raw", "data", "has another length in this family");
}

/* --------------------------------------------------------- what is in them -- */

/* A pair of numbers: where, and the port there. False: the family has none. */
static bool numbers_of(const nsk_addr *addr, uint32_t *place, uint32_t *port) {
  int family = nsk_addr_family(addr);
#ifdef NSK_HAVE_VSOCK
  if (family == AF_VSOCK) {
    struct sockaddr_vm vm;
    load(addr, &vm, sizeof vm);
    *place = vm.svm_cid;
    *port = vm.svm_port;
    return true;
  }
#endif
#ifdef NSK_HAVE_NETLINK
  if (family == AF_NETLINK) {
    struct sockaddr_nl nl;
    load(addr, &nl, sizeof nl);
    *place = nl.nl_groups;
    *port = nl.nl_pid;
    return true;
  }
#endif
  (void)family, (void)place, (void)port;
  return false;
}

int64_t nski_other_port(const nsk_addr *addr) {
  uint32_t place, port;
  return numbers_of(addr, &place, &port) ? (int64_t)port : -1;
}

bool nski_other_host(const nsk_addr *addr, char *buf, size_t *length) {
  *length = 0;
#ifdef NSK_HAVE_VSOCK
  uint32_t place, port;
  if (nsk_addr_family(addr) == AF_VSOCK && numbers_of(addr, &place, &port))
    *length = (size_t)snprintf(buf, NSK_ADDR_TEXT_MAX, "%u", (unsigned)place);
#endif
#ifdef NSK_HAVE_PACKET
  if (nsk_addr_family(addr) == AF_PACKET) *length = hardware_text(addr, buf);
#endif
  (void)buf;
  return *length > 0;
}

static size_t raw_text(const nsk_addr *addr, char *buf) {
  const unsigned char *data;
  size_t bytes = nsk_addr_raw(addr, &data), shown = bytes < 32 ? bytes : 32;
  int length = snprintf(buf, NSK_ADDR_TEXT_MAX, "family-%d:", nsk_addr_family(addr));
  for (size_t i = 0; i < shown; i++)
    length += snprintf(buf + length, 3, "%02x", data[i]);
  if (shown < bytes) length += snprintf(buf + length, 4, "...");
  return (size_t)length;
}

size_t nski_other_text(const nsk_addr *addr, char *buf) {
  uint32_t place, port;
  if (nsk_addr_family(addr) == AF_UNSPEC) return 0;
#ifdef NSK_HAVE_PACKET
  if (nsk_addr_family(addr) == AF_PACKET) return packet_text(addr, buf);
#endif
  if (!numbers_of(addr, &place, &port)) return raw_text(addr, buf);
#ifdef NSK_HAVE_VSOCK
  if (nsk_addr_family(addr) == AF_VSOCK)
    return (size_t)snprintf(buf, NSK_ADDR_TEXT_MAX, "vsock:%u:%u", (unsigned)place,
                            (unsigned)port);
#endif
  return (size_t)snprintf(buf, NSK_ADDR_TEXT_MAX, "netlink:%u:0x%x", (unsigned)port,
                          (unsigned)place);
}

size_t nski_other_key(const nsk_addr *addr, unsigned char *key) {
  uint32_t numbers[2];
#ifdef NSK_HAVE_PACKET
  if (nsk_addr_family(addr) == AF_PACKET) return packet_key(addr, key);
#endif
  if (numbers_of(addr, &numbers[0], &numbers[1])) {
    memcpy(key, numbers, sizeof numbers);
    return sizeof numbers;
  }
  memcpy(key, addr->bytes, addr->length);
  return addr->length;
}
