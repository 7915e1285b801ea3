/* SPDX-License-Identifier: MIT */
/* How a record is written again so that it lies as the compiler has it: as it stands, packed, or
 * with attributes on single members. Each way is tried by the rule that gcc and clang lay records
 * out by, and its outcome compared with what clang says. */
#include "unit.h"

enum { BYTE = 8 };

static uint64_t round_up(uint64_t value, uint64_t align)
{
    return align ? (value + align - 1) / align * align : value;
}

/* The member's alignment in bytes. */
static uint64_t align_of(const struct field *member, bool is_record_packed)
{
    if (member->align) return member->align;
    return is_record_packed || member->is_packed ? 1 : member->type->align_bytes;
}

static bool is_bits(const struct field *member)
{
    return member->bit_width >= 0;
}

/* The bit where the member comes to lie behind what ends at bit `at`. */
static uint64_t offset_of(const struct field *member, bool is_record_packed, uint64_t at)
{
    uint64_t align = align_of(member, is_record_packed) * BYTE;
    uint64_t width = (uint64_t)member->bit_width, unit = member->type->size_bytes * BYTE;
    if (!is_bits(member)) return round_up(at, align);
    if (width == 0) return round_up(at, member->type->align_bytes * BYTE);
    bool is_packed = is_record_packed || member->is_packed;
    return !is_packed && at % align + width > unit ? round_up(at, align) : at;
}

static uint64_t end_of(const struct field *member, uint64_t offset)
{
    return offset +
           (is_bits(member) ? (uint64_t)member->bit_width : member->type->size_bytes * BYTE);
}

/* Unnamed bit-fields do not count. */
static void take_align(const struct field *member, bool is_record_packed, uint64_t *align)
{
    uint64_t own = align_of(member, is_record_packed);
    if ((member->name || !is_bits(member)) && own > *align) *align = own;
}

/* Whether the rule gives what the compiler has; then the alignment that it gives. */
static bool is_layout(const struct record *record, bool is_packed, uint64_t *ret_align)
{
    uint64_t at = 0, align = 1;
    for (size_t i = 0; i < record->member_count; i++) {
        const struct field *member = &record->members[i];
        at = offset_of(member, is_packed, at);
        if (at != member->offset_bits) return false;
        at = end_of(member, at);
        take_align(member, is_packed, &align);
    }
    *ret_align = align;
    uint64_t whole = record->align_bytes > align ? record->align_bytes : align;
    return record->align_bytes >= align && round_up(at, whole * BYTE) == record->size_bytes * BYTE;
}

/* Attributes for one member; false: there are none that help. An anonymous member cannot have any:
 * they would be its type's. */
static bool find_attributes(struct field *member, const struct record *record, bool is_packed,
                            uint64_t at)
{
    uint64_t own = is_packed ? 1 : member->type->align_bytes;
    member->is_packed = false;
    member->align = 0;
    if (own <= record->align_bytes && offset_of(member, is_packed, at) == member->offset_bits)
        return true;
    if (!member->name && !is_bits(member)) return false;
    if (is_bits(member)) {
        member->is_packed = true;
        return offset_of(member, is_packed, at) == member->offset_bits;
    }
    for (uint64_t align = record->align_bytes; align; align /= 2) {
        member->is_packed = align < own;
        member->align = align;
        if (offset_of(member, is_packed, at) == member->offset_bits) return true;
    }
    return false;
}

/* In a record that is packed as a whole, or is not. */
static bool find_member_attributes(struct record *record, struct field *members, bool is_packed)
{
    uint64_t at = 0;
    for (size_t i = 0; i < record->member_count; i++) {
        if (!find_attributes(&members[i], record, is_packed, at)) return false;
        at = end_of(&members[i], members[i].offset_bits);
    }
    record->is_packed = is_packed;
    return true;
}

bool collect_layout(struct record *record, struct field *members)
{
    uint64_t align = 1;
    record->members = members;
    record->is_packed = false;
    bool is_found = is_layout(record, false, &align);
    if (!is_found) is_found = record->is_packed = is_layout(record, true, &align);
    for (int is_packed = 1; !is_found && is_packed >= 0; is_packed--)
        is_found = find_member_attributes(record, members, is_packed) &&
                   is_layout(record, is_packed, &align);
    record->declared_align = record->align_bytes > align ? record->align_bytes : 0;
    return is_found;
}
