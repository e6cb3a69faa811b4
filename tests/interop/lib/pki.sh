# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# Certificates for a scenario with auth=KIND, made with the openssl command: a root CA, and for each
# side an intermediate CA of its own, so that the other side has to learn it from the CERT payloads,
# and a leaf with the side's identity as dNSName. A kind that ends in -long has two intermediates.
#
#   auth=           key of all        signatures in certificates   how we sign in IKE_AUTH
#   ecdsa-p256      P-256             SHA-256                      ECDSA with SHA-256
#   ecdsa-p256-long the same
#   ecdsa-p384      P-384             SHA-384                      ECDSA with SHA-384
#   rsa-2048        2048 bits         PKCS#1, SHA-256              PKCS#1 with SHA-256
#   rsa-3072-pss    3072 bits         PSS, SHA-256                 PSS with SHA-256
#   rsa-4096-long   4096 bits         PKCS#1, SHA-256              PKCS#1 with SHA-256
#
# In rsa-4096-long the CAs have one key in common, as a key of 4096 bits takes seconds to make.
#
# A certificate is `good`, `expired`, `early`: its time is to come, `signs-code`: of a purpose that
# is not IKE's, `misnamed`: of another name, `untrusted`: of a root that only its own side knows,
# `namesake`: that root has the name of the one that the other side knows, or `revoked`, see
# trust.sh.

pki_new_key()
{
    local kind

    case $auth in
    ecdsa-p256*) kind='EC -pkeyopt ec_paramgen_curve:P-256' ;;
    ecdsa-p384) kind='EC -pkeyopt ec_paramgen_curve:P-384' ;;
    rsa-2048) kind='RSA -pkeyopt rsa_keygen_bits:2048' ;;
    rsa-3072-pss) kind='RSA -pkeyopt rsa_keygen_bits:3072' ;;
    rsa-4096-long) kind='RSA -pkeyopt rsa_keygen_bits:4096' ;;
    *) fail "no kind of certificate is called $auth" ;;
    esac
    # shellcheck disable=SC2086 # several words
    openssl genpkey -algorithm $kind -out "$1" 2> /dev/null
}

# pki_schemes: the words of our programs for how to sign.
pki_schemes()
{
    case $auth in
    rsa-2048 | rsa-4096-long) echo rsa-sha256 ;;
    rsa-3072-pss) echo rsa-pss-sha256 ;;
    esac
}

# pki_charon_scheme: what charon's log calls it.
pki_charon_scheme()
{
    case $auth in
    ecdsa-p256*) echo ECDSA_WITH_SHA256_DER ;;
    ecdsa-p384) echo ECDSA_WITH_SHA384_DER ;;
    rsa-3072-pss) echo 'RSA_EMSA_PSS_SHA2_[0-9]*(_SALT_[0-9]*)?' ;;
    *) echo 'RSA_EMSA_PKCS1_SHA2_[0-9]*' ;;
    esac
}

pki_has_two_intermediates()
{
    [[ $auth = *-long ]]
}

pki_ca()
{
    echo "$work/pki/root.pem"
}

# pki_chain SIDE: its certificate, then the intermediates; with chain=unordered the one below the
# root first, and its certificate last. SIDE is initiator or responder.
pki_chain()
{
    echo "$work/pki/$1.chain.pem"
}

pki_key()
{
    echo "$work/pki/$1.key"
}

# `openssl ca` is the one command that sets both dates in all versions.
pki_configure()
{
    local digest=sha256 padding=''

    [ "$auth" != ecdsa-p384 ] || digest=sha384
    pki_signature=(-md "$digest")
    [ "$auth" != rsa-3072-pss ] ||
        pki_signature+=(-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest)
    pki_unit=
    ! pki_has_two_intermediates || pki_unit='Department of Names that are Longer than Needed'
    mkdir -p "$work/pki/issued"
    : > "$work/pki/index"
    echo 01 > "$work/pki/crlnumber"
    cat > "$work/pki/ca.conf" << CONF
[ca]
default_ca = all
[all]
database = $work/pki/index
new_certs_dir = $work/pki/issued
crlnumber = $work/pki/crlnumber
rand_serial = yes
unique_subject = no
policy = anything
[anything]
organizationName = optional
organizationalUnitName = optional
commonName = supplied
[req]
distinguished_name = nobody
prompt = no
[nobody]
commonName = nobody
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[revocation]
authorityKeyIdentifier = keyid
[side]
basicConstraints = CA:FALSE
keyUsage = digitalSignature
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = DNS:\${ENV::PKI_NAME}
subjectKeyIdentifier = hash
[coder]
basicConstraints = CA:FALSE
keyUsage = digitalSignature
extendedKeyUsage = codeSigning
subjectAltName = DNS:\${ENV::PKI_NAME}
subjectKeyIdentifier = hash
CONF
}

# pki_issue NAME ISSUER EXTENSIONS COMMON_NAME DATE...: NAME.key must be there.
pki_issue()
{
    local name=$work/pki/$1 issuer=$work/pki/$2 extensions=$3 common_name=$4 from=(-selfsign)
    shift 4

    [ "$name" = "$issuer" ] || from=(-cert "$issuer.pem")
    export PKI_NAME=$common_name
    openssl req -new -config "$work/pki/ca.conf" -key "$name.key" -out "$name.req" \
        -subj "/O=Interoperability of IKEv2${pki_unit:+/OU=$pki_unit}/CN=$common_name" || return 1
    openssl ca -batch -notext -config "$work/pki/ca.conf" \
        -extensions "$extensions" -in "$name.req" -keyfile "$issuer.key" "${from[@]}" \
        "${pki_signature[@]}" "$@" -out "$name.pem"
}

# pki_new_ca_key NAME
pki_new_ca_key()
{
    if [ "$auth" = rsa-4096-long ] && [ -s "$work/pki/root.key" ]; then
        cp "$work/pki/root.key" "$work/pki/$1.key"
    else
        pki_new_key "$work/pki/$1.key"
    fi
}

# pki_make_root FILE [NAME]
pki_make_root()
{
    pki_new_ca_key "$1" && pki_issue "$1" "$1" authority "Test ${2:-$1}" -days 30
}

# pki_make_side SIDE NAME STATE
pki_make_side()
{
    local side=$1 root=root extensions=side dates=(-days 30) name issuer upper=''
    local common_name=$2 chain

    case $3 in
    good | revoked) ;;
    expired) dates=(-startdate 20240101000000Z -enddate 20240201000000Z) ;;
    early) dates=(-startdate 20400101000000Z -enddate 20400201000000Z) ;;
    signs-code) extensions=coder ;;
    misnamed) common_name=other.test ;;
    untrusted) root=$side-root && pki_make_root "$root" ;;
    namesake) root=$side-root && pki_make_root "$root" root ;;
    *) fail "no certificate is $3" ;;
    esac
    issuer=$root
    ! pki_has_two_intermediates || upper=$side-upper
    for name in $upper "$side-ca"; do
        pki_new_ca_key "$name" &&
            pki_issue "$name" "$issuer" authority "Test $name" -days 30 || return 1
        issuer=$name
    done
    pki_new_key "$work/pki/$side.key" &&
        pki_issue "$side" "$issuer" "$extensions" "$common_name" "${dates[@]}" || return 1
    chain=("$work/pki/$side.pem" "$work/pki/$side-ca.pem" ${upper:+"$work/pki/$upper.pem"})
    [ "$chain_order" != unordered ] || chain=("${chain[2]}" "${chain[1]}" "${chain[0]}")
    cat "${chain[@]}" > "$(pki_chain "$side")"
}

pki_make()
{
    need_command openssl openssl
    mkdir -p "$work/pki"
    pki_configure
    {
        pki_make_root root &&
            { [ "$certreq" != foreign ] || pki_make_root foreign; } &&
            pki_make_side "$our_role" "$our_id" "$our_certificate" &&
            pki_make_side "$peer_role" "$peer_id" "$peer_certificate" &&
            trust_make
    } > "$work/pki.log" 2>&1 || fail "openssl does not make the certificates"
}
