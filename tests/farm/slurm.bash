# slurm.bash: a Slurm of two nodes on this machine, for tests: of one ordinary user, on loopback, without munge.
# shellcheck shell=bash

# cluster FOLDER: starts the controller and both nodes; their files lie in FOLDER
cluster() {
  local user host
  export D=$1
  user=$(id -un)
  host=$(hostname -s)
  mkdir -p "$D"/{log,state,spool.n1,spool.n2}
  export SLURM_CONF=$D/slurm.conf
  # auth/none lets anybody on loopback be anybody: for tests, and never elsewhere
  cat >"$SLURM_CONF" <<CONF
ClusterName=t
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=27917
AuthType=auth/none
CredType=cred/none
SlurmUser=$user
SlurmdUser=$user
SlurmctldPidFile=$D/c.pid
SlurmdPidFile=$D/d.%n.pid
SlurmdSpoolDir=$D/spool.%n
StateSaveLocation=$D/state
SlurmctldLogFile=$D/log/c.log
SlurmdLogFile=$D/log/d.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
MpiDefault=none
ReturnToService=2
MaxJobCount=40000
MinJobAge=10
SlurmdParameters=config_overrides
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=27921 CPUs=${CPUS:-4} RealMemory=8000 Features=one State=UNKNOWN
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=27922 CPUs=${CPUS:-4} RealMemory=8000 Features=two State=UNKNOWN
PartitionName=build Nodes=ALL Default=YES State=UP
CONF
  /usr/sbin/slurmctld
  node n1
  node n2
  for _ in $(seq 300); do
    [ "$(sinfo -h -t idle -o %D)" != 2 ] || return 0
    sleep 0.1
  done
  sinfo
  return 1
}

node() { /usr/sbin/slurmd -N "$1"; }

# kill_node NODE: the daemon and what runs there, as when the power goes; the controller is told at once
kill_node() {
  local steps
  steps=$(pgrep -f "^slurmstepd: \[" || true)
  kill -9 "$(cat "$D/d.$1.pid")"
  # daemons of steps have no name of their node: all end whose working files are that node's
  local p
  for p in $steps; do
    if tr '\0' '\n' <"/proc/$p/environ" 2>/dev/null | grep -qx "SLURMD_NODENAME=$1" || find "/proc/$p/fd" -lname "*spool.$1*" 2>/dev/null | grep -q .; then
      kill -9 -- "$p" 2>/dev/null || true
    fi
  done
  scontrol update NodeName="$1" State=DOWN Reason=killed
}

# end_cluster: ends what `cluster` started
end_cluster() {
  local f
  [ -n "${D:-}" ] || return 0
  for f in "$D"/d.n1.pid "$D"/d.n2.pid "$D"/c.pid; do
    [ ! -s "$f" ] || kill -9 "$(cat "$f")" 2>/dev/null || true
  done
}
