/* The network interfaces of this machine. */
#include "system/system.h"

#include <ifaddrs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#ifdef AF_PACKET
#include <netpacket/packet.h>
#endif
#ifdef AF_LINK
#include <net/if_dl.h>
#endif

const nsk_constant nsk_device_flags[] = {{"up", IFF_UP},
                                         {"broadcast", IFF_BROADCAST},
                                         {"debug", IFF_DEBUG},
                                         {"loopback", IFF_LOOPBACK},
                                         {"pointopoint", IFF_POINTOPOINT},
                                         {"running", IFF_RUNNING},
                                         {"noarp", IFF_NOARP},
                                         {"promisc", IFF_PROMISC},
                                         {"allmulti", IFF_ALLMULTI},
                                         {"multicast", IFF_MULTICAST},
#ifdef IFF_NOTRAILERS
                                         {"notrailers", IFF_NOTRAILERS},
#endif
#ifdef IFF_MASTER
                                         {"master", IFF_MASTER},
                                         {"slave", IFF_SLAVE},
#endif
#ifdef IFF_PORTSEL
                                         {"portsel", IFF_PORTSEL},
                                         {"automedia", IFF_AUTOMEDIA},
#endif
#ifdef IFF_DYNAMIC
                                         {"dynamic", IFF_DYNAMIC},
#endif
                                         {NULL, 0}};

static int mtu_of(int fd, const char *name) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
  return ioctl(fd, SIOCGIFMTU, &request) == 0 ? request.ifr_mtu : 0;
}

static void spell_ether(const unsigned char *bytes, size_t length, nsk_device *device) {
  size_t at = 0;
  for (size_t i = 0; i < length && at + 4 < sizeof device->ether; i++)
    at += (size_t)snprintf(device->ether + at, sizeof device->ether - at,
                           i == 0 ? "%02x" : ":%02x", bytes[i]);
}

/* The link layer's own address, where this row is it. */
static bool link_layer(const struct ifaddrs *row, nsk_device *device) {
#ifdef AF_PACKET
  if (row->ifa_addr->sa_family == AF_PACKET) {
    const struct sockaddr_ll *link = (const void *)row->ifa_addr;
    spell_ether(link->sll_addr, link->sll_halen, device);
    return true;
  }
#endif
#ifdef AF_LINK
  if (row->ifa_addr->sa_family == AF_LINK) {
    const struct sockaddr_dl *link = (const void *)row->ifa_addr;
    spell_ether((const void *)LLADDR(link), link->sdl_alen, device);
    return true;
  }
#endif
  return false;
}

static void copy_address(nsk_addr *to, const struct sockaddr *from) {
  to->length = 0;
  if (from == NULL) return;
  to->length = from->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                           : sizeof(struct sockaddr_in);
  memcpy(to->bytes, from, to->length);
}

static void add_address(const struct ifaddrs *row, nsk_device_address *address) {
  memset(address, 0, sizeof *address);
  address->inet6 = row->ifa_addr->sa_family == AF_INET6;
  copy_address(&address->address, row->ifa_addr);
  copy_address(&address->netmask, row->ifa_netmask);
  if (row->ifa_flags & IFF_BROADCAST)
    copy_address(&address->broadcast, row->ifa_broadaddr);
  else if (row->ifa_flags & IFF_POINTOPOINT)
    copy_address(&address->point2point, row->ifa_dstaddr);
}

/* if_nametoindex(3) would open a socket for each name, and where it cannot say 0. */
static uint32_t index_of(int fd, const char *name) {
#if defined(SIOCGIFINDEX) && defined(NSK_HAVE_IFR_IFINDEX)
  struct ifreq request;
  memset(&request, 0, sizeof request);
  snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
  return ioctl(fd, SIOCGIFINDEX, &request) == 0 ? (uint32_t)request.ifr_ifindex : 0;
#else
  (void)fd;
  return if_nametoindex(name);
#endif
}

static nsk_device *device_of(nsk_devices *out, const struct ifaddrs *row, int fd) {
  for (size_t i = 0; i < out->count; i++)
    if (strcmp(out->devices[i].name, row->ifa_name) == 0) return &out->devices[i];
  nsk_device *device = &out->devices[out->count++];
  snprintf(device->name, sizeof device->name, "%s", row->ifa_name);
  device->index = index_of(fd, row->ifa_name);
  device->flags = row->ifa_flags;
  device->mtu = mtu_of(fd, row->ifa_name);
  return device;
}

static bool is_inet(const struct ifaddrs *row) {
  int family = row->ifa_addr->sa_family;
  return family == AF_INET || family == AF_INET6;
}

/* The rows come in any order; the addresses of one device stand together. */
static void collect(nsk_devices *out, const struct ifaddrs *rows, int fd) {
  size_t used = 0;
  for (const struct ifaddrs *row = rows; row; row = row->ifa_next) {
    nsk_device *device = device_of(out, row, fd);
    if (row->ifa_addr != NULL) link_layer(row, device);
  }
  for (size_t i = 0; i < out->count; i++) {
    nsk_device *device = &out->devices[i];
    device->first = used;
    for (const struct ifaddrs *row = rows; row; row = row->ifa_next)
      if (row->ifa_addr != NULL && is_inet(row) &&
          strcmp(row->ifa_name, device->name) == 0)
        add_address(row, &out->addresses[used++]);
    device->count = used - device->first;
  }
}

nsk_outcome nsk_devices_get(nsk_devices *out, nsk_error *error) {
  struct ifaddrs *rows;
  size_t count = 0;
  memset(out, 0, sizeof *out);
  if (getifaddrs(&rows) < 0) return nski_fail(error, "getifaddrs", errno);
  int fd = nski_open_fd(AF_INET, SOCK_DGRAM, 0, true);
  if (fd < 0) {
    nski_fail(error, "socket", errno);
    freeifaddrs(rows);
    return NSK_FAILED;
  }
  for (const struct ifaddrs *row = rows; row; row = row->ifa_next)
    count++;
  out->devices = calloc(count + 1, sizeof *out->devices);
  out->addresses = calloc(count + 1, sizeof *out->addresses);
  bool room = out->devices != NULL && out->addresses != NULL;
  if (room) collect(out, rows, fd);
  nski_close_fd(fd);
  freeifaddrs(rows);
  if (room) return NSK_DONE;
  nsk_devices_free(out);
  return nski_fail_memory(error, "getifaddrs");
}

void nsk_devices_free(nsk_devices *devices) {
  free(devices->devices);
  free(devices->addresses);
  memset(devices, 0, sizeof *devices);
}
