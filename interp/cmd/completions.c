/* completions: what a shell needs to complete command lines of jkr */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/complete.h"

/* Bash parts words at `=` and `:`, so the line is read anew, and what stands before the last of them is taken off. */
static const char bash[] =
	"# bash: source <(jkr completions bash)\n"
	"_jkr() {\n"
	"  local line=${COMP_LINE:0:COMP_POINT} words all word cur tail keep\n"
	"  read -ra words <<<\"$line\"\n"
	"  [[ $line != *[[:space:]] ]] || words+=(\"\")\n"
	"  cur=${words[${#words[@]} - 1]} tail=${cur##*[=:]}\n"
	"  keep=$((${#cur} - ${#tail}))\n"
	"  COMPREPLY=()\n"
	"  mapfile -t all < <(\"${words[0]}\" completions words -- \"${words[@]:1}\" 2>/dev/null)\n"
	"  for word in \"${all[@]}\"; do\n"
	"    case $word in\n"
	"    :files) compopt -o filenames; mapfile -t -O \"${#COMPREPLY[@]}\" COMPREPLY < <(compgen -f -- \"$tail\") ;;\n"
	"    :folders) compopt -o filenames; mapfile -t -O \"${#COMPREPLY[@]}\" COMPREPLY < <(compgen -d -- \"$tail\") ;;\n"
	"    *) word=${word%%$'\\t'*} && COMPREPLY+=(\"${word:keep}\") ;;\n"
	"    esac\n"
	"  done\n"
	"  [[ ${#COMPREPLY[@]} != 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace\n"
	"}\n"
	"complete -F _jkr jkr\n";

static const char zsh[] =
	"#compdef jkr\n"
	"# zsh: source <(jkr completions zsh), or as _jkr in a folder of $fpath\n"
	"_jkr() {\n"
	"  local -a all ends goes\n"
	"  local line word doc\n"
	"  all=(\"${(@f)$(\"${words[1]}\" completions words -- \"${(@Q)words[2,CURRENT]}\" 2>/dev/null)}\")\n"
	"  for line in \"${all[@]}\"; do\n"
	"    word=${line%%$'\\t'*} doc=\n"
	"    [[ $line != *$'\\t'* ]] || doc=:${line#*$'\\t'}\n"
	"    case $word in\n"
	"    '') ;;\n"
	"    :files) compset -P '*='; _files ;;\n"
	"    :folders) compset -P '*='; _files -/ ;;\n"
	"    *=) goes+=(\"${word//:/\\\\:}$doc\") ;;\n"
	"    *) ends+=(\"${word//:/\\\\:}$doc\") ;;\n"
	"    esac\n"
	"  done\n"
	"  (( ! $#ends )) || _describe -V jkr ends\n"
	"  (( ! $#goes )) || _describe -V jkr goes -S ''\n"
	"}\n"
	"if [[ ${funcstack[1]} == _jkr ]]; then _jkr \"$@\"; else compdef _jkr jkr; fi\n";

static const char fish[] = "# fish: jkr completions fish | source, or as jkr.fish in ~/.config/fish/completions\n"
			   "function __jkr_words\n"
			   "  set -l words (commandline -opc) (commandline -ct)\n"
			   "  for line in (command $words[1] completions words -- $words[2..] 2>/dev/null)\n"
			   "    switch $line\n"
			   "      case :files\n"
			   "        __fish_complete_path (commandline -ct)\n"
			   "      case :folders\n"
			   "        __fish_complete_directories (commandline -ct)\n"
			   "      case '*'\n"
			   "        echo $line\n"
			   "    end\n"
			   "  end\n"
			   "end\n"
			   "complete -c jkr -f -a '(__jkr_words)'\n";

static const struct {
	const char *shell, *script;
} scripts[] = {{"bash", bash}, {"fish", fish}, {"zsh", zsh}};

static enum status
run(struct cli *cli, struct err *err)
{
	if (!strcmp(cli->argv[0], "words")) {
		complete_words(cli, cli->argv + 1, (size_t)cli->argc - 1, stdout);
		return ST_OK;
	}
	for (size_t i = 0; i < ARRAY_LEN(scripts) && cli->argc == 1; i++)
		if (!strcmp(cli->argv[0], scripts[i].shell))
			return fputs(scripts[i].script, stdout), ST_OK;
	err_set(err, "E1004", "`jkr completions` knows no shell `%s`", cli->argv[cli->argc > 1]);
	err_help(err, "it takes bash, zsh or fish");
	return ST_USAGE;
}

const struct command cmd_completions = {
	.name = "completions",
	.usage = "bash|zsh|fish",
	.doc = "Print what makes a shell complete command lines of jkr. Commands, their options and arguments, recipes that are found by name, steps and "
	       "options of the recipe that stands on the line. Bash reads it by `source <(jkr completions bash)`, zsh by `source <(jkr completions "
	       "zsh)` after compinit, fish by `jkr completions fish | source`. `jkr completions words -- WORD…` prints what may stand in the place of "
	       "the last of the words behind `jkr`; the scripts ask it.",
	.options = "",
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
