# The provider and the table of named policies once more, with IKE2_ENABLE_LEGACY, and the tests
# that can tell: so that every run of the suite tests both builds of them. doc/testing.md.
if(IKE2_ENABLE_LEGACY)
    return()
endif()

set(legacy_policies lib/policy/named.c)
add_library(ike2_legacy STATIC ${mbedtls_sources} ${legacy_policies})
target_compile_definitions(ike2_legacy PUBLIC IKE2_ENABLE_LEGACY)
target_include_directories(ike2_legacy PUBLIC "${PROJECT_SOURCE_DIR}/tests")
ike2_internal_headers(ike2_legacy PUBLIC)
target_link_libraries(ike2_legacy PUBLIC ike2_static Ike2MbedTLS::libraries PkgConfig::CMOCKA
    ike2_warnings)
# As shared libraries, which the programs run with where LD_LIBRARY_PATH says so.
set_target_properties(ike2_legacy PROPERTIES POSITION_INDEPENDENT_CODE ON)
# ike2_legacy_shared(NAME OBJECT...): another libNAME of these objects.
function(ike2_legacy_shared name)
    set(target ${name}_legacy_shared)
    add_library(${target} SHARED ${ARGN})
    get_target_property(soversion ${name} SOVERSION)
    set_target_properties(${target} PROPERTIES OUTPUT_NAME ${name}
        SOVERSION ${soversion} LINKER_LANGUAGE C
        LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/legacy")
    target_link_options(${target} PRIVATE
        "-Wl,--version-script=${PROJECT_SOURCE_DIR}/lib/lib${name}.map")
endfunction()
set(policies "/named\\.c\\.o$")
ike2_legacy_shared(ike2-mbedtls
    $<FILTER:$<TARGET_OBJECTS:ike2_legacy>,EXCLUDE,${policies}>)
target_link_libraries(ike2-mbedtls_legacy_shared PRIVATE ike2 Ike2MbedTLS::libraries)
ike2_legacy_shared(ike2
    $<FILTER:$<TARGET_OBJECTS:ike2_objects>,EXCLUDE,${policies}>
    $<FILTER:$<TARGET_OBJECTS:ike2_legacy>,INCLUDE,${policies}>)

file(GLOB support CONFIGURE_DEPENDS tests/support/*.c tests/vectors/*.c)
list(FILTER support EXCLUDE REGEX "/test_[^/]*$")
add_library(ike2_legacy_support OBJECT ${support})
target_link_libraries(ike2_legacy_support PUBLIC ike2_legacy)

# ike2_legacy_tests(LABEL DIRECTORY NOUN...): test_cipher.c of tests/unit/mbedtls becomes
# test_mbedtls_cipher_legacy.
function(ike2_legacy_tests label directory)
    cmake_path(GET directory FILENAME layer)
    foreach(noun IN LISTS ARGN)
        set(name test_${layer}_${noun}_legacy)
        add_executable(${name} ${directory}/test_${noun}.c)
        target_link_libraries(${name} PRIVATE ike2_legacy_support)
        ike2_test(${name} ${label} 300 ${name})
    endforeach()
endfunction()
ike2_legacy_tests(unit tests/unit/mbedtls cipher ke mac modexp provider)
ike2_legacy_tests(unit tests/unit/crypto auth_octets protect selftest suite)
ike2_legacy_tests(unit tests/unit/policy named)
ike2_legacy_tests(vectors tests/vectors crypto kdf)
