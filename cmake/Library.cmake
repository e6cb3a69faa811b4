# ike2_internal_headers(TARGET SCOPE): `#include "wire/message.h"` finds lib/wire/message.h. Only
# the form with quotes does, so that lib/mbedtls/ never hides mbedTLS's <mbedtls/...>.
function(ike2_internal_headers target scope)
    target_compile_options(${target} ${scope} "SHELL:-iquote \"${PROJECT_SOURCE_DIR}/lib\"")
endfunction()

# ike2_library(NAME SOURCES): compiles the sources once and links them twice, as NAME (shared, with
# the version map lib/libNAME.map) and NAME_static. The objects are position independent and hide
# all that does not carry IKE2_API.
function(ike2_library name sources)
    add_library(${name}_objects OBJECT ${sources})
    set_target_properties(${name}_objects PROPERTIES POSITION_INDEPENDENT_CODE ON
        C_VISIBILITY_PRESET hidden)
    target_include_directories(${name}_objects PRIVATE "${PROJECT_SOURCE_DIR}/include")
    ike2_internal_headers(${name}_objects PRIVATE)
    target_link_libraries(${name}_objects PRIVATE ike2_warnings)

    set(map "${PROJECT_SOURCE_DIR}/lib/lib${name}.map")
    add_library(${name} SHARED $<TARGET_OBJECTS:${name}_objects>)
    set_target_properties(${name} PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION 0
        LINK_DEPENDS "${map}")
    target_link_options(${name} PRIVATE "-Wl,--version-script=${map}")
    # With clang the runtime of a sanitizer is part of the program, not of the library.
    if(NOT (IKE2_SANITIZE AND CMAKE_C_COMPILER_ID MATCHES Clang))
        target_link_options(${name} PRIVATE -Wl,--no-undefined)
    endif()

    add_library(${name}_static STATIC $<TARGET_OBJECTS:${name}_objects>)
    set_target_properties(${name}_static PROPERTIES OUTPUT_NAME ${name})
    foreach(library ${name} ${name}_static)
        set_target_properties(${library} PROPERTIES LINKER_LANGUAGE C)
        target_include_directories(${library} PUBLIC
            "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>"
            "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
    endforeach()
    target_compile_definitions(${name}_static INTERFACE IKE2_STATIC)
endfunction()
