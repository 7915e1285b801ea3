// SPDX-License-Identifier: MIT
// A part of the program with objects that have to be set up.
#include "whole.h"

#include <map>
#include <string>

namespace
{
std::map<std::string, int> table = {{"part", NOTED_A}};

struct last {
    last()
    {
        note(table.at("part"));
    }
} last;
} // namespace
