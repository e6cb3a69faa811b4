/** @file ike2/export.h
 *  Symbol visibility, compiler checks, initialisation. */
#ifndef IKE2_EXPORT_H
#define IKE2_EXPORT_H

/** Marks what the library exports. Programs that link it statically may define IKE2_STATIC. */
#if defined(IKE2_STATIC)
#define IKE2_API
#elif defined(__GNUC__)
#define IKE2_API __attribute__((visibility("default")))
#else
#define IKE2_API
#endif

/** Marks functions whose result must not be ignored. */
#if defined(__GNUC__)
#define IKE2_MUST_CHECK __attribute__((warn_unused_result))
#else
#define IKE2_MUST_CHECK
#endif

#ifdef __cplusplus
/** A zeroed `T` that knows its size; what IKE2_INIT is in C++. */
template <class T> inline T ike2_sized()
{
    T t = T();
    t.struct_size = sizeof(T);
    return t;
}
#define IKE2_INIT(type) ike2_sized<type>()
#else
/** Initialiser of every structure that starts with `struct_size`:
 *  @code
 *  ike2_peer_config peer = IKE2_INIT(ike2_peer_config);
 *  @endcode
 *  The rest is zero, and zero means "the documented default". */
#define IKE2_INIT(type) { .struct_size = sizeof(type) }
#endif
#endif
