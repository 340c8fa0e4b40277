# Gamma of two-step polychoric estimates as lavaan has it (n times their sampling covariances): its diagonal for whole sets,
# and all of it for the first scale of nets.
source("common.R"); suppressPackageStartupMessages(library(lavaan)); source("sets.R")
gamma_of <- function(x, missing) {
  fit <- cfa(paste("F =~", paste(names(x), collapse=" + ")), x, ordered=names(x), missing=missing, do.fit=FALSE)
  g <- lavInspect(fit, "gamma"); stopifnot(all.equal(as.numeric(diag(lavInspect(fit, "wls.v"))), as.numeric(1/diag(g)), tolerance=1e-12))
  list(n=lavInspect(fit, "nobs"), gamma=g)
}
diagonals <- function(x) lapply(list(listwise="listwise", pairwise="pairwise"), function(m) {
  g <- gamma_of(x, m); list(n=g$n, names=rownames(g$gamma), gamma=as.numeric(diag(g$gamma))) })
for(s in list(list("bfi",bi),list("nets",ni),list("nets_complete",nci),list("lq2002",li),list("bhr2000",bhi)))
  att(paste0(s[[1]],"__polychoric_variance"), s[[1]], "lavInspect(cfa('F =~ all items', ordered, missing='listwise' and 'pairwise', do.fit=FALSE), 'gamma'): its diagonal, one over which is the diagonal of 'wls.v'", diagonals(s[[2]]))
att("nets_F1__gamma","nets","lavInspect(cfa('F =~ q01 + ... + q06', ordered, missing, do.fit=FALSE), 'gamma')", lapply(list(listwise="listwise", pairwise="pairwise"), function(m) { g <- gamma_of(ni[nk$F1], m); list(n=g$n, gamma=mat(g$gamma)) }))
