return require('net.socket').cmsghdrs
