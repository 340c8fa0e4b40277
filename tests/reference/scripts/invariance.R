# Steps of measurement invariance by lavaan and semTools. As in confirmatory.R a second search (BFGS) goes on where lavaan's is content
# to stop. Each entry of the result is one comparison: fits, the difference tests of lavTestLRT, means of the factors at the step
# that makes intercepts equal; for some, score tests of equal parameters and the scaled differences of 2010.
source("common.R"); suppressPackageStartupMessages({library(lavaan); library(semTools)}); source("sets.R")
mod <- function(k) paste(sapply(names(k), function(f) paste(f, "=~", paste(k[[f]], collapse=" + "))), collapse="\n")
fit <- function(m, d, ...) {
  em <- list(em.h1.tol=1e-13, em.h1.iter.max=5000); on <- list(optim.method="BFGS", control=list(reltol=1e-16, maxit=5000)); quick <- list(se="none", test="none")
  first <- do.call("cfa", c(list(m, d, ...), em, quick)); second <- do.call("cfa", c(list(m, d, ..., start=first), em, on, quick))
  do.call("cfa", c(list(m, d, ..., start=second), em, on)) }
fm <- function(f) { m <- suppressWarnings(fitMeasures(f)); as.list(signif(setNames(as.numeric(m), names(m)), 13)) }
lrt <- function(fs, ...) tryCatch(as.list(suppressWarnings(as.data.frame(do.call(lavTestLRT, c(unname(fs), list(...)))))), error=function(e) conditionMessage(e))
means <- function(f) { p <- parameterEstimates(f); as.list(p[p$op == "~1" & p$lhs %in% lavNames(f, "lv"), c("lhs","group","est","se")]) }
scores <- function(f) { u <- suppressWarnings(lavTestScore(f)$uni); p <- parTable(f); at <- match(u$rhs, p$plabel); list(lhs=p$lhs[at], op=p$op[at], rhs=p$rhs[at], group=p$group[at], X2=u$X2) }
numbers <- function(m, d, g, est, partial=NULL, tests=FALSE, second=FALSE, ...) {
  steps <- list(configural=NULL, metric="loadings", scalar=c("loadings","intercepts"), strict=c("loadings","intercepts","residuals"))
  fs <- lapply(steps, function(e) { a <- list(m, d, group=g, estimator=est, ...); if(length(e)) a$group.equal <- e; if(length(e) && length(partial)) a$group.partial <- partial; do.call("fit", a) })
  o <- list(nobs=lavInspect(fs[[1]], "nobs"), fits=lapply(fs, fm), lrt=lrt(fs), means=means(fs$scalar))
  if(tests) o$score_tests <- lapply(fs[2:4], scores)
  if(second) o$lrt_2010 <- lapply(2:4, function(k) lrt(fs[(k-1):k], method="satorra.bentler.2010"))
  o }
ordered_steps <- function(m, d, g, items, partial=NULL, ...) {
  steps <- list(configural="", thresholds="thresholds", loadings=c("thresholds","loadings"), intercepts=c("thresholds","loadings","intercepts"), strict=c("thresholds","loadings","intercepts","residuals"))
  fs <- lapply(steps, function(e) {
    a <- list(configural.model=m, data=d, ordered=items, parameterization="theta", ID.fac="std.lv", ID.cat="Wu.Estabrook.2016", group=g, group.equal=e, ...); if(length(partial)) a$group.partial <- partial
    fit(as.character(suppressWarnings(do.call(measEq.syntax, a))), d, group=g, ordered=items, parameterization="theta", ...) })
  list(nobs=lavInspect(fs[[1]], "nobs"), fits=lapply(fs, fm), lrt=lrt(fs), means=means(fs$intercepts)) }
n2 <- mod(nk[1:2]); o2 <- unlist(nk[1:2], use.names=FALSE); few <- "F1 =~ q01 + q02 + q03 + q04\nF2 =~ q07 + q08 + q09"; of <- c("q01","q02","q03","q04","q07","q08","q09")
small <- "F1 =~ q01 + q02 + q03\nF2 =~ q07 + q08 + q09"
large <- nc[nc$profession %in% c("medical","nursing","AHP"),]
three <- nc; three[of] <- lapply(three[of], function(x) pmax(x - 2, 1))
mixed <- three; mixed$q01 <- ifelse(nc$q01 > 4, 2, 1); mixed$q07 <- ifelse(nc$q07 > 4, 2, 1)
att("nets_complete__invariance", "nets_complete", "lavaan::cfa with group.equal, semTools::measEq.syntax(ID.cat = 'Wu.Estabrook.2016', ID.fac = 'std.lv', theta), lavTestLRT, lavTestScore; one entry a comparison", list(
  ML_gender=numbers(n2, nc, "gender", "ML", tests=TRUE), MLR_gender=numbers(n2, nc, "gender", "MLR"), ML_profession=numbers(n2, large, "profession", "ML"), MLR_profession=numbers(n2, large, "profession", "MLR"),
  MLR_gender_partial=numbers(n2, nc, "gender", "MLR", partial=c("q08 ~ 1", "F1 =~ q03", "q05 ~~ q05")),
  MLR_rows_701_to_760=numbers(small, nc[701:760,], "gender", "MLR", second=TRUE),
  WLSMV_gender=ordered_steps(n2, nc, "gender", o2), WLSMV_profession=ordered_steps(few, large, "profession", of),
  WLSMV_gender_partial=ordered_steps(few, nc, "gender", of, partial=c("q08 ~ 1", "F1 =~ q03", "q04 | t2", "q02 ~~ q02")),
  WLSMV_gender_three_categories=ordered_steps(few, three, "gender", of), WLSMV_gender_two_and_three_categories=ordered_steps(few, mixed, "gender", of)))
att("nets__invariance", "nets", "as nets_complete__invariance, with missing answers", list(
  ML_fiml_gender=numbers(small, ns, "gender", "ML", missing="fiml"), MLR_fiml_gender=numbers(small, ns, "gender", "MLR", missing="fiml"), MLR_listwise_gender=numbers(n2, ns, "gender", "MLR"),
  WLSMV_pairwise_gender=ordered_steps(few, ns, "gender", of, missing="pairwise")))
hm <- "visual =~ x1+x2+x3\ntextual =~ x4+x5+x6\nspeed =~ x7+x8+x9"; bm <- mod(bk)
att("hs1939__invariance", "hs1939", "lavaan::cfa with group.equal, lavTestLRT, lavTestScore; one entry a comparison", list(
  ML_school=numbers(hm, hs, "school", "ML", tests=TRUE), ML_school_partial=numbers(hm, hs, "school", "ML", partial=c("x3 ~ 1", "x7 ~ 1")), MLR_school=numbers(hm, hs, "school", "MLR", second=TRUE)))
att("bfi__invariance", "bfi", "lavaan::cfa with group.equal, lavTestLRT; one entry a comparison", list(
  ML_listwise_gender=numbers(bm, bfi, "gender", "ML"), MLR_listwise_gender=numbers(bm, bfi, "gender", "MLR")))
