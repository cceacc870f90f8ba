/* Constants, facts and interfaces of this system. */
#ifndef NETSOCKET_SYSTEM_H
#define NETSOCKET_SYSTEM_H

#include "address.h"

/* ------------------------------------------------------- constants and facts -- */

typedef struct {
  const char *name;
  int64_t value;
} nsk_constant;

/* The rows of constant.def that this system's headers define; ends with NULL. */
extern const nsk_constant nsk_constants[];

extern const char nsk_os[];        /* "linux", "darwin", ... */
extern const int nsk_unixpath_max; /* bytes of a unix path: 107 on Linux */

/* ---------------------------------------------------------------------- forks -- */

/* Which process this is: another number in a child than in its parent, never 0 unless
   there is no memory. Costs a load. What an object of another generation has of threads,
   waiters and groups is its parent's. Source: pthread_atfork(3). */
unsigned nsk_fork_generation(void);

/* ---------------------------------------------------------------- interfaces -- */

enum { NSK_IFNAME_MAX = 16 };

typedef struct {
  bool inet6;
  nsk_addr address, netmask, broadcast, point2point; /* length 0: none */
} nsk_device_address;

typedef struct {
  char name[NSK_IFNAME_MAX];
  uint32_t index;
  int mtu;
  uint64_t flags;
  char ether[64];      /* "00:11:22:33:44:55", "" where it has none */
  size_t first, count; /* its addresses */
} nsk_device;

typedef struct {
  nsk_device *devices;
  size_t count;
  nsk_device_address *addresses;
} nsk_devices;

/* Interface flags by the names that both languages show; ends with NULL. */
extern const nsk_constant nsk_device_flags[];

/* All interfaces with their addresses. Source: getifaddrs(3), netdevice(7). */
nsk_outcome nsk_devices_get(nsk_devices *devices, nsk_error *error);
void nsk_devices_free(nsk_devices *devices);

#endif
