# SPDX-License-Identifier: MIT
"""A program of random signatures as C: types.h, work.c with the jobs, calls.c with their callers."""

FORMS = """    switch (form) {{
    case PLAIN: {keep}{name}({arguments}); return JG_OK;
    case LOCAL: return {name}_local({with_value});
    case REMOTE: return {name}_remote({with_value});
    case NOT_WANTED: return {name}_remote({without_value});
    case LOCAL_AWAIT: job = {name}_local_async({arguments}); return {name}_await_get(job{value});
    default: break;
    }}
    job = {name}_remote_async({arguments});
    while ((status = {name}_try_get(job{value})) == JG_PENDING) {{
        jg_job *const one = {name}_as_job(job);
        size_t first;
        (void)jg_wait_any(&one, 1, -1, &first);
    }}
    return status;"""


def prototype(signature):
    params = ", ".join(param.declare() for param in signature.params) or "void"
    return signature.result.declare(f"{signature.name}({params})")


def directives(signature):
    lines = [param.directive for param in signature.made if param.directive]
    return lines + ([signature.result.directive] if signature.result.directive else [])


def text(signature):
    return " ".join([f"/* @job {' '.join(directives(signature))} */"
                     if directives(signature) else "/* @job */", prototype(signature)])


def job(signature):
    option = "" if signature.random.random() < 0.25 else "(isolation = reuse)"
    lengths = [param for param in signature.made if getattr(param, "counted", None)]
    body = [line for param in signature.made for line in param.before()]
    body += ["struct sink body_sink = {0}, *sink = &body_sink;"]
    body += [line for param in signature.params for line in param.read()]
    body += ["struct source body_from = {sink->digest, MIXED}, *from = &body_from;"]
    body += [line for param in signature.made if param not in lengths
             for line in param.write()]
    body += ["(void)from;", *signature.result.write()]
    body += [line for param in lengths for line in param.write()]
    if any(param.name == "fate" for param in signature.made):
        body.append("if (fate == 77) jg_fail(\"as asked\");")
    if not signature.result.is_void:
        body.append("return body_value;")
    return [f"/* @job{option}", *(f" * {line}" for line in directives(signature)), " */",
            prototype(signature), "{", *body, "}"]


def caller(signature):
    name, result, made = signature.name, signature.result, signature.made
    fields = [line for param in made for line in param.fields()]
    if not result.is_void:
        fields.append(result.declare("returned") + ";")
    arguments = ", ".join(param.argument() for param in signature.params)
    lines = [f"struct call_{name} {{", *fields, "void **spoilt, *was;", "};"]
    head = [f"struct call_{name} *c = call;", "(void)c;"]
    lines += [f"static void make_{name}(void *call, struct source *from)", "{", *head, "(void)from;"]
    for param in made:
        lines += param.make_count() + param.make() + [param.made()]
    lines += ["}", f"static void look_{name}(struct sink *sink, const void *call, bool has_value)",
              "{", f"const struct call_{name} *c = call;", "(void)c, (void)sink;",
              *(line for param in made for line in param.put()),
              "if (has_value) {", *result.put(), "}", "}",
              f"static void end_{name}(void *call, bool has_value)", "{", *head,
              "if (c->spoilt) *c->spoilt = c->was;",
              *(line for param in made for line in param.end()),
              "if (has_value) {", *result.end(), "}", "}"]
    value = "" if result.is_void else "&c->returned"
    lines += [f"static int run_{name}(void *call, enum form form)", "{", *head,
              f"{name}_job *job;", "jg_status status;",
              FORMS.format(name=name, arguments=arguments,
                           keep="" if result.is_void else "c->returned = ",
                           with_value=", ".join(filter(None, [arguments, value])),
                           without_value=", ".join(filter(None, [arguments, "NULL" if value else ""])),
                           value=f", {value}" if value else ""), "}"]
    return lines + fan_out(signature) + spoilers(signature)


def fan_out(signature):
    name, result = signature.name, signature.result
    items = ", ".join(param.item() for param in signature.params) or "0"
    is_behind = result.shape is not None and result.shape.is_record
    lines = [f"static void item_{name}(void *call, void *args)", "{", f"struct call_{name} *c = call;",
             "(void)c;", f"const struct {name}_args item = {{{items}}};",
             f"memcpy(args, &item, sizeof item);", "}",
             f"static int fan_{name}(void *call, size_t count, int *statuses)", "{",
             f"struct call_{name} *calls = call;", f"struct {name}_args args[8];",
             f"struct {name}_result results[8];", "memset(results, 0, sizeof results);",
             "for (size_t i = 0; i < count; i++) {", f"item_{name}(&calls[i], &args[i]);"]
    if is_behind:
        lines.append("results[i].value = &calls[i].returned;")
    lines += ["}", f"jg_status status = {name}_remote_fanout(args, count, results);",
              "for (size_t i = 0; i < count; i++) {", "statuses[i] = results[i].status;"]
    if not result.is_void and not is_behind:
        lines.append("calls[i].returned = results[i].value;")
    return lines + ["}", "return status;", "}"]


def spoilers(signature):
    lines, rows, name = [], [], signature.name
    for number, (what, condition, statements, status) in enumerate(signature.spoilers()):
        lines += [f"static bool spoil_{name}_{number}(void *call)", "{",
                  f"struct call_{name} *c = call;", f"if (!({condition})) return false;",
                  *statements, "return true;", "}"]
        rows.append(f"{{\"{what}\", spoil_{name}_{number}, {status}}},")
    return lines + [f"static const struct spoiler spoilers_{name}[] = {{", *rows,
                    "{NULL, NULL, 0}};"]


def row(signature):
    name, where = signature.name, "0"
    if not signature.result.is_void:
        where = f"offsetof(struct call_{name}, returned)"
    shown = text(signature).replace("\\", "\\\\").replace("\"", "\\\"")
    return [f"{{\"{shown}\", sizeof(struct call_{name}), make_{name}, look_{name}, end_{name},",
            f"run_{name}, fan_{name}, spoilers_{name}, \"{name}\", item_{name}, {where}}},"]


def program(types, signatures):
    """File name to text."""
    head = ["/* SPDX-License-Identifier: MIT */"]
    includes = head + ["#include \"jobs.h\"", "#include \"types.h\""]
    header = head + ["#ifndef TYPES_H", "#define TYPES_H", "#include \"support.h\"",
                     *types.define(), "#endif"]
    jobs, calls, rows = list(includes), list(includes), []
    calls += [prototype(signature) + ";" for signature in signatures]
    for signature in signatures:
        jobs += job(signature)
        calls += caller(signature)
        rows += row(signature)
    calls += ["const struct signature signatures[] = {", *rows, "};",
              "const size_t signature_count = sizeof signatures / sizeof *signatures;"]
    return {"types.h": header, "work.c": jobs, "calls.c": calls}
