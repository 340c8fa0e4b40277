# Reliability of sums and discriminant validity from factor models by semTools, the models as lavaan's search leaves them.
source("common.R"); suppressPackageStartupMessages({library(lavaan); library(semTools)}); source("sets.R")
mod <- function(k) paste(sapply(names(k), function(f) paste(f, "=~", paste(k[[f]], collapse=" + "))), collapse="\n")
nm <- mod(nk); hm <- "visual =~ x1+x2+x3\ntextual =~ x4+x5+x6\nspeed =~ x7+x8+x9"
of <- function(f, ...) list(omega=as.list(compRelSEM(f, ...)), omega_latent=as.list(compRelSEM(f, ord.scale=FALSE, ...)), omega_implied=as.list(compRelSEM(f, obs.var=FALSE, ...)), ave=as.list(AVE(f)))
att("nets_complete__factor_reliability", "nets_complete", "semTools::compRelSEM (ord.scale, obs.var), AVE, htmt(htmt2=TRUE and FALSE)", list(
  ML=of(cfa(nm, nc)), WLSMV=of(cfa(nm, nc, ordered=names(ni))), htmt=lapply(list(ML=NULL, WLSMV=names(ni)), function(o) list(htmt2=mat(htmt(nm, nc, ordered=o, htmt2=TRUE)), htmt=mat(htmt(nm, nc, ordered=o, htmt2=FALSE))))))
att("hs1939__factor_reliability", "hs1939", "semTools::compRelSEM (higher = g for the second-order model), AVE", list(ML=of(cfa(hm, hs)), ML_second_order=of(cfa(paste(hm, "\ng =~ visual+textual+speed"), hs), higher="g")))
