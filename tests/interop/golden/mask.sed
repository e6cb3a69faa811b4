# The parts of an explanation that differ from run to run.
s/\(spi_[a-z]*\)=\(0x\)\{0,1\}[0-9a-f]\{8,16\}/\1=SPI/g
s/\brecord=[0-9]*/record=N/g
s/\b\(sa\|child\|cause\)=[0-9]*/\1=N/g
s/\([0-9]\.[0-9]*\.[0-9]*\.[0-9]*\):[0-9]\{5\}\b/\1:PORT/g
s/valid from [^ ]* to [^ ]*/valid from DATE to DATE/g
s/[0-9]\{4\}-[0-9][0-9]-[0-9][0-9]T[0-9:.]*Z/TIME/g
s/, [0-9]* octets each/, N octets each/g
# Whoever waits twelve seconds has asked five times or six: the waits vary, RFC 7296 2.1.
s/: [0-9]* requests\{0,1\} to /: N requests to /
# To a peer that asks for other CAs, charon 5.9 sends its certificate alone, charon 6.0 with its
# intermediates: the path ends at the one or the others.
s/\(nobody is the issuer of\) CN=.* (depth [01])/\1 CERTIFICATE (depth N)/

# The day of the test.
s/\(revoked .*CN=[^ ]*\) since [0-9-]\{10\}/\1 since DATE/
