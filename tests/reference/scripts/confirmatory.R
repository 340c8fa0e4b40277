# Factor models by lavaan: as the other sets of figures, but where its search for the minimum is content to stop, a second one
# (BFGS) goes on to the end, and the EM algorithm is driven further, so that what is compared is the minimum itself.
source("common.R"); suppressPackageStartupMessages(library(lavaan)); source("sets.R")
mod <- function(k) paste(sapply(names(k), function(f) paste(f, "=~", paste(k[[f]], collapse=" + "))), collapse="\n")
fit <- function(m, d, ...) {
  em <- list(em.h1.tol=1e-13, em.h1.iter.max=5000); on <- list(optim.method="BFGS", control=list(reltol=1e-16, maxit=5000)); quick <- list(se="none", test="none")
  first <- do.call("cfa", c(list(m, d, ...), em, quick)); second <- do.call("cfa", c(list(m, d, ..., start=first), em, on, quick))
  do.call("cfa", c(list(m, d, ..., start=second), em, on)) }
cols <- function(x, keep) { x <- as.data.frame(x); lapply(x[intersect(keep, names(x))], function(v) unname(if(is.numeric(v)) signif(v, 13) else v)) }
of <- function(f, mi=FALSE, scores=FALSE) {
  m <- suppressWarnings(fitMeasures(f)); o <- list(nobs=lavInspect(f, "nobs"), fit=as.list(signif(setNames(as.numeric(m), names(m)), 13)),
    estimates=cols(parameterEstimates(f), c("lhs","op","rhs","group","est","se")), standardized=cols(standardizedSolution(f), c("lhs","op","rhs","group","est.std","se")))
  if(mi) o$modindices <- cols(modificationIndices(f), c("lhs","op","rhs","group","mi","epc","sepc.all"))
  if(scores) o$scores <- unname(as.matrix(lavPredict(f))[1:25,,drop=FALSE])
  o }
bm <- mod(bk); nm <- mod(nk); lm_ <- mod(setNames(lk, c("fLEAD","fTSIG","fHOST"))); hm <- "visual =~ x1+x2+x3\ntextual =~ x4+x5+x6\nspeed =~ x7+x8+x9"; bhm <- mod(list(LEAD=names(bhi)))
n2 <- mod(nk[1:2]); o2 <- unlist(nk[1:2])
five <- paste(sub("q06", "q06 + q07", sub("q15", "a*q15", sub("q16", "a*q16", sub("q18", "0.9*q18", nm)))), "\nq13 ~~ q14\nF1 ~~ b*F2\nF5 ~~ b*F6")
second <- paste(nm, "\nG =~ F1 + F2 + F3 + F4 + F5 + F6"); bif <- paste("G =~", paste(names(ni), collapse="+"), "\n", nm)
few <- ni[c("q01","q02","q03","q07","q08","q09")]; mf <- "F1 =~ q01+q02+q03\nF2 =~ q07+q08+q09"; fewc <- nci[names(few)]
put_all <- function(name, data, what) att(name, data, "lavaan::cfa, one entry a call, named by its arguments", what)
put_all("nets_complete__confirmatory", "nets_complete", list(
  ML=of(fit(nm, nc), mi=TRUE, scores=TRUE), MLR=of(fit(nm, nc, estimator="MLR")), MLR_cluster=of(fit(nm, nc, estimator="MLR", cluster="placement")),
  ML_unit_variance=of(fit(nm, nc, std.lv=TRUE)), ML_constraints=of(fit(five, nc)), ML_second_order=of(fit(second, nc)), MLR_bifactor=of(fit(bif, nc, estimator="MLR", orthogonal=TRUE, std.lv=TRUE)),
  WLSMV=of(fit(nm, nc, ordered=names(ni)), mi=TRUE, scores=TRUE), WLSMV_theta=of(fit(nm, nc, ordered=names(ni), parameterization="theta")), ULSMV=of(fit(nm, nc, ordered=names(ni), estimator="ULSMV")),
  WLSMV_constraints=of(fit(five, nc, ordered=names(ni))), WLSMV_second_order=of(fit(second, nc, ordered=names(ni))), WLSMV_bifactor=of(fit(bif, nc, ordered=names(ni), orthogonal=TRUE, std.lv=TRUE)),
  ML_groups=of(fit(n2, nc, group="gender"), mi=TRUE), ML_groups_metric=of(fit(n2, nc, group="gender", group.equal="loadings")), MLR_groups_scalar=of(fit(n2, nc, estimator="MLR", group="gender", group.equal=c("loadings","intercepts"))),
  MLR_groups_strict=of(fit(n2, nc, estimator="MLR", group="gender", group.equal=c("loadings","intercepts","residuals"))),
  MLR_groups_unit_variance=of(fit(n2, nc, estimator="MLR", group="gender", group.equal="loadings", std.lv=TRUE)),
  WLSMV_groups=of(fit(n2, nc, ordered=o2, group="gender"), mi=TRUE), WLSMV_groups_metric=of(fit(n2, nc, ordered=o2, group="gender", group.equal="loadings")), WLSMV_groups_theta=of(fit(n2, nc, ordered=o2, group="gender", parameterization="theta")),
  WLSMV_groups_thresholds=of(fit(paste(n2, "\n", paste(o2, "~*~ c(1,NA)*", o2, collapse="\n"), "\nF1 ~~ c(NA,NA)*F1"), nc, ordered=o2, group="gender", group.equal=c("loadings","thresholds")))))
put_all("nets__confirmatory", "nets", list(
  ML_fiml=of(fit(nm, ns, missing="fiml"), mi=TRUE, scores=TRUE), MLR_fiml=of(fit(nm, ns, estimator="MLR", missing="fiml")), MLR_listwise=of(fit(nm, ns, estimator="MLR")),
  MLR_fiml_cluster=of(fit(n2, ns, estimator="MLR", missing="fiml", cluster="placement")), MLR_fiml_groups=of(fit(mf, ns, estimator="MLR", missing="fiml", group="gender", group.equal=c("loadings","intercepts"))),
  WLSMV_listwise=of(fit(nm, ns, ordered=names(ni))), WLSMV_pairwise=of(fit(nm, ns, ordered=names(ni), missing="pairwise"), mi=TRUE), ULSMV_pairwise=of(fit(nm, ns, ordered=names(ni), missing="pairwise", estimator="ULSMV")),
  WLSMV_pairwise_groups=of(fit(mf, ns, ordered=names(few), missing="pairwise", group="gender"))))
hbif <- paste("g =~", paste(names(hi), collapse="+"), "\n", hm)
put_all("hs1939__confirmatory", "hs1939", list(ML=of(fit(hm, hs), mi=TRUE, scores=TRUE), MLR=of(fit(hm, hs, estimator="MLR")), ML_unit_variance=of(fit(hm, hs, std.lv=TRUE)), ML_second_order=of(fit(paste(hm, "\ng =~ visual+textual+speed"), hs)),
  ML_bifactor=of(fit(hbif, hs, orthogonal=TRUE, std.lv=TRUE)), ML_groups=of(fit(hm, hs, group="school")), MLR_groups_scalar=of(fit(hm, hs, estimator="MLR", group="school", group.equal=c("loadings","intercepts")))))
put_all("bfi__confirmatory", "bfi", list(ML_listwise=of(fit(bm, bi), mi=TRUE), MLR_listwise=of(fit(bm, bi, estimator="MLR")), ML_fiml=of(fit(bm, bi, missing="fiml")), MLR_fiml=of(fit(bm, bi, estimator="MLR", missing="fiml")),
  WLSMV_listwise=of(fit(bm, bi, ordered=names(bi)), mi=TRUE), WLSMV_pairwise=of(fit(bm, bi, ordered=names(bi), missing="pairwise")), WLSMV_listwise_theta=of(fit(bm, bi, ordered=names(bi), parameterization="theta")),
  ULSMV_listwise=of(fit(bm, bi, ordered=names(bi), estimator="ULSMV")), MLR_listwise_groups_scalar=of(fit(bm, bfi, estimator="MLR", group="gender", group.equal=c("loadings","intercepts")))))
put_all("lq2002__confirmatory", "lq2002", list(ML=of(fit(lm_, li), mi=TRUE), MLR=of(fit(lm_, li, estimator="MLR")), MLR_cluster=of(fit(lm_, lq, estimator="MLR", cluster="COMPID")), WLSMV=of(fit(lm_, li, ordered=names(li)), mi=TRUE)))
put_all("bhr2000__confirmatory", "bhr2000", list(ML=of(fit(bhm, bhi)), MLR=of(fit(bhm, bhi, estimator="MLR")), WLSMV=of(fit(bhm, bhi, ordered=names(bhi)))))
