# Finds mbedTLS's X.509 and crypto libraries and defines Ike2MbedTLS::libraries. Three steps, best
# first:
#   1. the CMake package of mbedTLS      (3.x, where the packager installed it)
#   2. mbedx509.pc and mbedcrypto.pc     (3.x)
#   3. libraries and headers by name     (2.28, which installs neither)
# Ike2MbedTLS_PC_REQUIRES or Ike2MbedTLS_PC_LIBS says how a .pc file refers to them. This file is
# installed beside ike2Config.cmake, because static consumers need the same search.
find_package(MbedTLS CONFIG QUIET)
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
    pkg_check_modules(Ike2MbedTLS_PC QUIET IMPORTED_TARGET mbedx509 mbedcrypto)
endif()

if(TARGET MbedTLS::mbedx509 AND TARGET MbedTLS::mbedcrypto)
    set(Ike2MbedTLS_LIBRARIES MbedTLS::mbedx509 MbedTLS::mbedcrypto)
elseif(Ike2MbedTLS_PC_FOUND)
    set(Ike2MbedTLS_LIBRARIES PkgConfig::Ike2MbedTLS_PC)
else()
    find_library(Ike2MbedTLS_X509_FILE NAMES mbedx509)
    find_library(Ike2MbedTLS_CRYPTO_FILE NAMES mbedcrypto)
    find_path(Ike2MbedTLS_INCLUDE_DIR NAMES mbedtls/version.h)
    mark_as_advanced(Ike2MbedTLS_X509_FILE Ike2MbedTLS_CRYPTO_FILE Ike2MbedTLS_INCLUDE_DIR)
    if(Ike2MbedTLS_X509_FILE AND Ike2MbedTLS_CRYPTO_FILE AND Ike2MbedTLS_INCLUDE_DIR)
        set(Ike2MbedTLS_LIBRARIES "${Ike2MbedTLS_X509_FILE}" "${Ike2MbedTLS_CRYPTO_FILE}")
    endif()
endif()

if(Ike2MbedTLS_PC_FOUND)
    set(Ike2MbedTLS_PC_REQUIRES "mbedx509, mbedcrypto")
else()
    set(Ike2MbedTLS_PC_LIBS "-lmbedx509 -lmbedcrypto")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Ike2MbedTLS REQUIRED_VARS Ike2MbedTLS_LIBRARIES)

if(Ike2MbedTLS_FOUND AND NOT TARGET Ike2MbedTLS::libraries)
    add_library(Ike2MbedTLS::libraries INTERFACE IMPORTED)
    target_link_libraries(Ike2MbedTLS::libraries INTERFACE ${Ike2MbedTLS_LIBRARIES})
    if(Ike2MbedTLS_INCLUDE_DIR)
        target_include_directories(Ike2MbedTLS::libraries INTERFACE ${Ike2MbedTLS_INCLUDE_DIR})
    endif()
endif()
