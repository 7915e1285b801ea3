/* SPDX-License-Identifier: MIT */
/* The commands of jobd; each takes what is behind its name and gives the exit code. */
#ifndef JOBGEN_JOBD_COMMANDS_H
#define JOBGEN_JOBD_COMMANDS_H

int jgi_command_control(int argc, char **argv);
int jgi_command_node(int argc, char **argv);
int jgi_command_nodes(int argc, char **argv);

#endif
