return require('net.socket').poller
