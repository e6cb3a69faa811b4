# IKE2_SANITIZE, for example address,undefined, instruments everything that is compiled here. The
# first finding ends the program: a test that only prints one would pass.
set(IKE2_SANITIZE "" CACHE STRING "Sanitizers to compile with, separated by commas")
if(IKE2_SANITIZE)
    add_compile_options(-fsanitize=${IKE2_SANITIZE} -fno-sanitize-recover=all
        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${IKE2_SANITIZE})
endif()
