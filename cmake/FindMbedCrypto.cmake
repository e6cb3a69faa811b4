# Finds mbedTLS's libraries for X.509 and crypto and defines MbedCrypto::mbedcrypto, which is both.
# Three steps, best first:
#   1. the CMake package of mbedTLS        (3.x, where the packager installed it)
#   2. mbedx509.pc and mbedcrypto.pc       (3.x)
#   3. the libraries and header by name    (2.28, which installs neither)
# MbedCrypto_PC_REQUIRES or MbedCrypto_PC_LIBS says how a .pc file refers to it. This file is
# installed beside ike2Config.cmake, because static consumers need the same search.
find_package(MbedTLS CONFIG QUIET)
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
    pkg_check_modules(MbedCrypto_PC QUIET IMPORTED_TARGET mbedx509 mbedcrypto)
endif()

if(TARGET MbedTLS::mbedx509)
    set(MbedCrypto_LIBRARY MbedTLS::mbedx509 MbedTLS::mbedcrypto)
elseif(MbedCrypto_PC_FOUND)
    set(MbedCrypto_LIBRARY PkgConfig::MbedCrypto_PC)
else()
    find_library(MbedCrypto_X509_LIBRARY_FILE NAMES mbedx509)
    find_library(MbedCrypto_LIBRARY_FILE NAMES mbedcrypto)
    find_path(MbedCrypto_INCLUDE_DIR NAMES mbedtls/version.h)
    mark_as_advanced(MbedCrypto_X509_LIBRARY_FILE MbedCrypto_LIBRARY_FILE MbedCrypto_INCLUDE_DIR)
    if(MbedCrypto_X509_LIBRARY_FILE AND MbedCrypto_LIBRARY_FILE AND MbedCrypto_INCLUDE_DIR)
        set(MbedCrypto_LIBRARY "${MbedCrypto_X509_LIBRARY_FILE}" "${MbedCrypto_LIBRARY_FILE}")
    endif()
endif()

if(MbedCrypto_PC_FOUND)
    set(MbedCrypto_PC_REQUIRES "mbedx509 mbedcrypto")
else()
    set(MbedCrypto_PC_LIBS "-lmbedx509 -lmbedcrypto")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(MbedCrypto REQUIRED_VARS MbedCrypto_LIBRARY)

if(MbedCrypto_FOUND AND NOT TARGET MbedCrypto::mbedcrypto)
    add_library(MbedCrypto::mbedcrypto INTERFACE IMPORTED)
    target_link_libraries(MbedCrypto::mbedcrypto INTERFACE ${MbedCrypto_LIBRARY})
    if(MbedCrypto_INCLUDE_DIR)
        target_include_directories(MbedCrypto::mbedcrypto INTERFACE ${MbedCrypto_INCLUDE_DIR})
    endif()
endif()
