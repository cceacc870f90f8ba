return require('net.socket').env
