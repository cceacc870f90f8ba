return require('net.socket').cmsghdr
